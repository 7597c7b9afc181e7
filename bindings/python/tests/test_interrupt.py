"""Ctrl-C: every wait ends, within the 100 ms that the project promises, counted from the signal's delivery.

How long it took is shown with pytest's -s; a single one may meet a machine that is busy with something else.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from statistics import median
from typing import Callable, Dict, Iterator, List

import pytest
from conftest import PATIENCE, TEXT, VOICE, asked, until

import voicewire
from voicewire import deepdub
from voicewire.sandbox import Sandbox

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

PROMISE = 0.1
# In seconds, each of them.
TAKEN: List[float] = []


@pytest.fixture(scope="module", autouse=True)
def shown() -> Iterator[None]:
    yield
    if TAKEN:
        print(f"\n{len(TAKEN)} interruptions: {median(TAKEN) * 1000:.1f} ms, at most {max(TAKEN) * 1000:.1f} ms")


class Interruption:
    """Sends a signal as soon as a condition holds.

    To the process, which is what Ctrl-C does: the system gives it to the main thread where it can, and so wakes it. Or
    to a thread elsewhere, as the system may do too: nothing wakes the main thread then.
    """

    def __init__(self, condition: Callable[[], object], number: int = signal.SIGINT, elsewhere: bool = False) -> None:
        self.sent = 0.0
        self.condition = condition
        self.number = number
        self.elsewhere = elsewhere
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        until(self.condition)
        self.sent = time.monotonic()
        if self.elsewhere:
            signal.pthread_kill(threading.get_ident(), self.number)
        else:
            os.kill(os.getpid(), self.number)

    def __enter__(self) -> "Interruption":
        self.thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.thread.join(PATIENCE)


FORMS: Dict[str, Callable[..., object]] = {
    "tts": lambda client, text=TEXT: client.tts(text, VOICE),
    "speak": lambda client, text=TEXT: client.speak(text, VOICE, lambda chunk: None),
    "speak_builtin": lambda client, text=TEXT: client.speak(text, VOICE, [].append),
    "stream": lambda client, text=TEXT: list(client.stream_tts(text, VOICE)),
}


def interrupt(
    call: Callable[[], object], condition: Callable[[], object] = lambda: True, elsewhere: bool = False
) -> float:
    """Calls, and interrupts when the call has been made and the condition holds; how long that took, in seconds."""
    calling = threading.Event()
    with Interruption(lambda: calling.is_set() and condition(), elsewhere=elsewhere) as interruption:
        with pytest.raises(KeyboardInterrupt):
            calling.set()
            call()
        taken = time.monotonic() - interruption.sent
    TAKEN.append(taken)
    # Rather than what it waits for, which takes longer or never comes.
    assert taken < PATIENCE
    return taken


@pytest.mark.parametrize("kind", ["call", "line", "rest"])
def test_it_takes_no_longer_than_promised(sandbox: Sandbox, client: deepdub.Client, kind: str) -> None:
    def interrupted() -> float:
        sandbox.inject("silent" if kind == "rest" else "stall,after=1")
        if kind == "rest":
            return interrupt(lambda: client.get_issue("iss_1"), elsewhere=True)
        if kind == "call":
            with client.stream_tts(TEXT, VOICE) as stream:
                return interrupt(lambda: list(stream), elsewhere=True)
        with client.open_session() as session:
            return interrupt(lambda: list(session.speak(TEXT, VOICE)), elsewhere=True)

    # The machine may be late now and then.
    assert any(interrupted() < PROMISE for _ in range(10))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("wait", ["connecting", "first_chunk", "between_chunks"])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_generation_ends(sandbox: Sandbox, client: deepdub.Client, wait: str, form: str, elsewhere: bool) -> None:
    fault, condition = {
        "connecting": ("silent-handshake", asked(sandbox, "GET")),
        "first_chunk": ("first-chunk-delay=60000", asked(sandbox)),
        "between_chunks": ("stall,after=2", lambda: [g for g in sandbox.generations() if g["chunks"] == 2]),
    }[wait]
    sandbox.inject(fault)
    interrupt(lambda: FORMS[form](client), condition, elsewhere)
    assert sandbox.wait_until_idle(PATIENCE)
    assert client.tts(TEXT, VOICE).summary.chunks > 0


def test_a_stream_that_was_interrupted_is_over(sandbox: Sandbox, client: deepdub.Client) -> None:
    sandbox.inject("stall,after=1")
    stream = client.stream_tts(TEXT, VOICE)
    next(stream)
    interrupt(lambda: next(stream))
    # Not StopIteration: it is not complete.
    for _ in range(2):
        with pytest.raises(voicewire.CancelledError) as caught:
            next(stream)
        assert caught.value.chunks_received == 1
    assert sandbox.wait_until_idle(PATIENCE)


@pytest.mark.parametrize("fault", ["silent", "silent-handshake"])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_rest_call_ends(sandbox: Sandbox, client: deepdub.Client, fault: str, elsewhere: bool) -> None:
    sandbox.inject(fault)
    interrupt(lambda: client.get_issue("iss_1"), asked(sandbox, "GET"), elsewhere)
    with pytest.raises(voicewire.NotFoundError):
        client.get_issue("iss_1")


def test_a_connection_to_nowhere_ends() -> None:
    # A listener whose queue is full lets further connections hang.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        try:
            for connection in waiting:
                connection.setblocking(False)
                connection.connect_ex(address)
            url = f"ws://127.0.0.1:{address[1]}/open"
            with deepdub.Client(deepdub.TRIAL_KEY, websocket_url=url) as client:
                interrupt(lambda: client.tts(TEXT, VOICE))
        finally:
            for connection in waiting:
                connection.close()


def test_a_wait_for_the_sandbox_ends(sandbox: Sandbox, client: deepdub.Client) -> None:
    sandbox.inject("stall")
    with client.stream_tts(TEXT, VOICE):
        interrupt(lambda: sandbox.wait_until_idle(PATIENCE), asked(sandbox))


@pytest.mark.parametrize("form", FORMS)
def test_chunks_in_quick_succession_do_not_keep_it(form: str) -> None:
    # Less than 20 ms apart, so that the core never finds the time to ask, and for much longer than the promise.
    with Sandbox(fault="chunk-delay=5", chunk_millis=20, first_chunk_delay=0) as sandbox, sandbox.client() as client:
        interrupt(
            lambda: FORMS[form](client, TEXT * 40),
            lambda: [g for g in sandbox.generations() if g["chunks"] >= 10],
            elsewhere=True,
        )
        assert sandbox.wait_until_idle(PATIENCE)


@pytest.fixture
def handler() -> Iterator[List[BaseException]]:
    """A handler of the program's own: raises what is in the list, or else does nothing."""
    to_raise: List[BaseException] = []

    def handle(*_signal: object) -> None:
        if to_raise:
            raise to_raise[0]

    before = signal.signal(signal.SIGUSR1, handle)
    yield to_raise
    signal.signal(signal.SIGUSR1, before)


def test_a_stream_that_a_handler_ended_never_looks_complete(
    sandbox: Sandbox, client: deepdub.Client, handler: List[BaseException]
) -> None:
    handler.append(LookupError("the handler's own"))
    sandbox.inject("stall,after=1")
    stream = client.stream_tts(TEXT, VOICE)
    next(stream)
    calling = threading.Event()
    with Interruption(calling.is_set, signal.SIGUSR1), pytest.raises(LookupError):
        calling.set()
        next(stream)
    with pytest.raises(voicewire.CancelledError):
        list(stream)


@pytest.mark.parametrize("form", FORMS)
def test_what_a_handler_raises_comes_out_as_it_is(
    sandbox: Sandbox, client: deepdub.Client, handler: List[BaseException], form: str
) -> None:
    error = LookupError("the handler's own")
    handler.append(error)
    sandbox.inject("stall,after=1")
    condition = lambda: [g for g in sandbox.generations() if g["chunks"] == 1]  # noqa: E731
    with Interruption(condition, signal.SIGUSR1), pytest.raises(LookupError) as caught:
        FORMS[form](client)
    assert caught.value is error
    assert sandbox.wait_until_idle(PATIENCE)


def test_a_handler_that_raises_nothing_lets_the_call_go_on(
    sandbox: Sandbox, client: deepdub.Client, handler: List[BaseException]
) -> None:
    sandbox.inject("first-chunk-delay=300")
    with Interruption(asked(sandbox), signal.SIGUSR1):
        assert client.tts(TEXT, VOICE).summary.chunks > 0


def test_a_handler_may_close_the_stream_that_is_being_waited_for(sandbox: Sandbox, client: deepdub.Client) -> None:
    sandbox.inject("stall,after=1")
    stream = client.stream_tts(TEXT, VOICE)
    next(stream)
    closed = threading.Event()
    before = signal.signal(signal.SIGUSR1, lambda *_signal: (stream.close(), closed.set()))
    calling = threading.Event()
    try:
        with Interruption(calling.is_set, signal.SIGUSR1), pytest.raises(voicewire.CancelledError):
            calling.set()
            next(stream)
        assert closed.is_set()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert sandbox.wait_until_idle(PATIENCE)


def test_other_threads_go_on(sandbox: Sandbox, client: deepdub.Client) -> None:
    """Signals are the main thread's business."""
    sandbox.inject("first-chunk-delay=300")
    results: List[object] = []
    thread = threading.Thread(target=lambda: results.append(client.tts(TEXT, VOICE)))
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        until(asked(sandbox))
        signal.raise_signal(signal.SIGINT)
    thread.join(PATIENCE)
    assert isinstance(results[0], deepdub.Speech)


EXAMPLE = Path(__file__).parents[3] / "examples" / "python" / "say.py"


@pytest.mark.skipif(not EXAMPLE.exists(), reason="the project's examples are not here")
def test_the_example_ends_without_a_traceback(sandbox: Sandbox, tmp_path: Path) -> None:
    variables = {
        "DEEPDUB_API_KEY": sandbox.api_key,
        "DEEPDUB_BASE_URL": sandbox.deepdub_rest_url,
        "DEEPDUB_BASE_WEBSOCKET_URL": sandbox.deepdub_open_url,
    }
    program = subprocess.Popen(
        [sys.executable, str(EXAMPLE), TEXT, "--voice", "fault:stall,after=1", "-o", str(tmp_path / "a.wav")],
        env={**os.environ, **variables},
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: [g for g in sandbox.generations() if g["chunks"] == 1])
    program.send_signal(signal.SIGINT)
    _, stderr = program.communicate(timeout=PATIENCE)
    assert program.returncode == 130
    assert stderr.endswith("say: interrupted; nothing was written\n")
    assert "Traceback" not in stderr and "\r" not in stderr
    assert list(tmp_path.iterdir()) == []


PROGRAM = """
import sys, voicewire
client = voicewire.deepdub.Client(rest_url=sys.argv[1], websocket_url=sys.argv[2])
client.tts("Hello.", "a-voice")
"""


def test_a_program_ends_as_any_other_does(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.inject("stall,after=1")
    (tmp_path / "program.py").write_text(PROGRAM)
    program = subprocess.Popen(
        [sys.executable, str(tmp_path / "program.py"), sandbox.deepdub_rest_url, sandbox.deepdub_open_url],
        env={**os.environ, "DEEPDUB_API_KEY": sandbox.api_key},
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: [g for g in sandbox.generations() if g["chunks"] == 1])
    program.send_signal(signal.SIGINT)
    _, stderr = program.communicate(timeout=PATIENCE)
    assert program.returncode == -signal.SIGINT
    assert stderr.rstrip().endswith("KeyboardInterrupt")
    assert sandbox.wait_until_idle(PATIENCE)
