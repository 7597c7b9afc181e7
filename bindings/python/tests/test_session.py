"""Sessions and their lines, from threads: what they say, how they end, and what a program's end makes of them."""

import gc
import os
import subprocess
import sys
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Iterator, List

import pytest
from conftest import INSTANT, PATIENCE, TEXT, VOICE, asked, until
from test_interrupt import interrupt

import voicewire
from voicewire import CancelToken, deepdub
from voicewire.sandbox import Sandbox

STALL = "fault:stall,after=1"


@pytest.fixture
def session(client: deepdub.Client) -> Iterator[deepdub.Session]:
    with client.open_session() as session:
        yield session


def audio(line: deepdub.Line) -> bytes:
    return b"".join(chunk.data for chunk in line)


def texts(sandbox: Sandbox) -> List[str]:
    return [request["body"]["targetText"] for request in sandbox.requests() if request["method"] == "WS"]


@pytest.mark.parametrize("name", ["mp3", "wav", "opus", "mulaw", "s16le"])
def test_a_line_is_what_a_call_says(client: deepdub.Client, session: deepdub.Session, name: voicewire.Format) -> None:
    whole = client.tts(TEXT, VOICE, seed=7, format=name)
    chunks = list(session.speak(TEXT, VOICE, seed=7, format=name))
    assert b"".join(chunk.data for chunk in chunks) == whole.data
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    assert [chunk.is_final for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    gathered = session.tts(TEXT, VOICE, seed=7, format=name, sample_rate=None)
    assert (gathered.data, gathered.to_file_bytes()) == (whole.data, whole.to_file_bytes())
    assert session.tts(TEXT, VOICE, format="s16le", sample_rate=16000).seconds is not None


def test_a_line_tells_of_itself(session: deepdub.Session) -> None:
    own = str(uuid.uuid4())
    line = session.speak(TEXT, VOICE, generation_id=own)
    assert iter(line) is line
    chunks = list(line)
    assert list(line) == []
    line.cancel()
    assert list(line) == []
    assert line.is_ended and line.generation_id == own == chunks[0].generation_id
    summary = line.summary
    assert (summary.chunks, summary.bytes) == (len(chunks), sum(map(len, chunks)))
    assert summary.retries == 0 and summary.queued_seconds >= 0 and summary.longest_gap_seconds >= 0
    assert repr(line).startswith(f"<voicewire.deepdub.Line {own}: ")


def test_fifty_lines_at_once_take_turns(sandbox: Sandbox, client: deepdub.Client, session: deepdub.Session) -> None:
    wanted = [client.tts(TEXT, VOICE, seed=seed, format="mulaw").data for seed in range(5)]
    lines = [session.speak(TEXT, VOICE, seed=number % 5, format="mulaw") for number in range(50)]
    assert [audio(line) for line in lines] == wanted * 10
    # The sandbox allows five at once, and refuses more.
    assert sum(line.summary.retries for line in lines) == 0
    assert sandbox.open_connections == 1


def test_a_line_at_the_front_is_the_next(sandbox: Sandbox, client: deepdub.Client) -> None:
    with client.open_session(max_running=1) as session:
        # It keeps its place until it is cancelled.
        first = session.speak("First.", STALL)
        next(first)
        last = session.speak("Last.", VOICE)
        middle = session.speak("Middle.", VOICE, front=True)
        first.cancel()
        assert audio(middle) and audio(last)
    assert texts(sandbox) == ["First.", "Middle.", "Last."]


def test_a_cancel_elsewhere_ends_the_wait(session: deepdub.Session) -> None:
    line = session.speak(TEXT, STALL)
    next(line)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(next, line)
        line.cancel()
        error = waiting.exception(PATIENCE)
    assert isinstance(error, voicewire.CancelledError)
    assert error.chunks_received == 1 and error.generation_id == line.generation_id
    for attempt in (next, list):
        with pytest.raises(voicewire.CancelledError):
            attempt(line)
    assert audio(session.speak(TEXT, VOICE))


def test_what_a_cancel_cut_short_does_not_look_complete(session: deepdub.Session) -> None:
    line = session.speak(TEXT, VOICE)
    assert len(next(line)) > 0
    until(lambda: line.is_ended)
    line.cancel()
    with pytest.raises(voicewire.CancelledError):
        list(line)


def test_leaving_the_block_early_cancels(session: deepdub.Session) -> None:
    with session.speak(TEXT, STALL) as line:
        next(line)
    with pytest.raises(voicewire.CancelledError):
        next(line)
    with session.speak(TEXT, VOICE) as line:
        assert audio(line)
    assert list(line) == []


def test_a_token_cancels(session: deepdub.Session) -> None:
    token = CancelToken()
    lines = [session.speak(TEXT, STALL, cancel=token) for _ in range(3)]
    token.cancel()
    for line in [*lines, session.speak(TEXT, VOICE, cancel=token)]:
        with pytest.raises(voicewire.CancelledError):
            list(line)


def test_a_line_that_nobody_has_is_cancelled(session: deepdub.Session) -> None:
    own = str(uuid.uuid4())
    line = session.speak(TEXT, STALL, generation_id=own)
    with pytest.raises(voicewire.InvalidArgumentError):
        session.speak(TEXT, VOICE, generation_id=own)
    del line
    session.speak(TEXT, VOICE, generation_id=own)


def test_a_line_that_failed_never_looks_complete(session: deepdub.Session) -> None:
    line = session.speak(TEXT, "fault:error=InvalidInput,after=2")
    assert len(next(line)) and len(next(line))
    for attempt in (next, list, next):
        with pytest.raises(voicewire.RejectedInputError) as caught:
            attempt(line)
        assert caught.value.chunks_received == 2


def test_audio_that_nobody_takes_is_bounded(session: deepdub.Session) -> None:
    line = session.speak(TEXT, VOICE, format="s16le", sample_rate=16000, max_buffered_bytes=10_000)
    until(lambda: line.is_ended)
    assert len(next(line)) > 0
    with pytest.raises(voicewire.BufferFullError) as caught:
        list(line)
    assert caught.value.field == "max_buffered_bytes" and caught.value.kind == "buffer_full"


@pytest.mark.parametrize(
    "call, field",
    [
        (lambda client, session: client.open_session(max_running=0), "max_running"),
        (lambda client, session: client.open_session(max_running=-1), "max_running"),
        (lambda client, session: client.open_session(keep_alive=-1), "keep_alive"),
        (lambda client, session: session.speak(TEXT, VOICE, max_buffered_bytes=0), "max_buffered_bytes"),
        (lambda client, session: session.speak(TEXT, VOICE, max_buffered_bytes=-1), "max_buffered_bytes"),
        (lambda client, session: session.speak(TEXT, VOICE, resume=True), "resume"),
        (lambda client, session: session.speak(TEXT, VOICE, tempo=9), "tempo"),
        (lambda client, session: session.wait_ready(-1), "timeout"),
    ],
)
def test_what_cannot_be_is_refused(client: deepdub.Client, session: deepdub.Session, call, field) -> None:
    with pytest.raises(voicewire.InvalidArgumentError) as caught:
        call(client, session)
    assert caught.value.field == field


def test_what_is_no_callable_is_a_type_error(client: deepdub.Client) -> None:
    with pytest.raises(TypeError, match="on_state"):
        client.open_session(on_state="print")  # type: ignore[arg-type]


def test_a_line_comes_through_a_broken_connection(sandbox: Sandbox, session: deepdub.Session) -> None:
    whole = audio(session.speak(TEXT, VOICE, seed=1, format="mulaw"))
    sandbox.inject("drop,after=2")
    line = session.speak(TEXT, VOICE, seed=1, format="mulaw", resume=True)
    assert audio(line) == whole
    assert line.summary.retries == 1


class Told:
    """What on_state was told, in order."""

    def __init__(self) -> None:
        self.changes: List[deepdub.StateChange] = []
        self.threads: List[int] = []

    def __call__(self, change: deepdub.StateChange) -> None:
        self.changes.append(change)
        self.threads.append(threading.get_ident())

    @property
    def states(self) -> List[str]:
        return [change.state for change in self.changes]


def test_states_are_told_on_another_thread(sandbox: Sandbox, client: deepdub.Client) -> None:
    told = Told()
    with client.open_session(on_state=told) as session:
        assert session.wait_ready(PATIENCE) is True
        assert session.state == "ready"
        sandbox.inject("drop")
        assert audio(session.speak(TEXT, VOICE))
    assert session.state == "closed"
    assert told.states == ["connecting", "ready", "lost", "connecting", "ready", "closed"]
    assert threading.get_ident() not in told.threads
    lost = told.changes[2]
    assert isinstance(lost.error, voicewire.NetworkError) and lost.retry_in is not None
    assert told.changes[1].error is None and told.changes[1].retry_in is None
    assert "lost: network: " in repr(lost)


def test_what_on_state_raises_is_reported_and_harms_nothing(
    client: deepdub.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports: list = []
    monkeypatch.setattr(sys, "unraisablehook", lambda report: reports.append((report.exc_value, report.object)))

    def raising(change: deepdub.StateChange) -> None:
        raise LookupError(change.state)

    with client.open_session(on_state=raising) as session:
        assert audio(session.speak(TEXT, VOICE))
    assert [str(error) for error, _ in reports] == ["'connecting'", "'ready'", "'closed'"] or [
        error.args for error, _ in reports
    ] == [("connecting",), ("ready",), ("closed",)]
    assert all(which is raising for _, which in reports)


def test_on_state_may_touch_its_session_and_waits_for_nothing(client: deepdub.Client) -> None:
    sessions: List[deepdub.Session] = []
    opened = threading.Event()
    results: list = []

    def touch(change: deepdub.StateChange) -> None:
        assert opened.wait(PATIENCE)
        if change.state == "ready":
            session = sessions[0]
            line = session.speak(TEXT, VOICE)
            results.append((session.state, session.wait_ready()))
            for wait in (lambda: next(line), lambda: session.tts(TEXT, VOICE)):
                try:
                    wait()
                except voicewire.InvalidArgumentError as error:
                    results.append(error.field)
            session.close()
            client.close()
            results.append(session.state)

    sessions.append(client.open_session(on_state=touch))
    opened.set()
    until(lambda: sessions[0].state == "closed")
    assert results == [("ready", True), "on_state", "on_state", "ready"]


def test_a_key_that_is_refused_is_told(sandbox: Sandbox, client: deepdub.Client) -> None:
    sandbox.inject("http=401")
    with client.open_session() as session:
        with pytest.raises(voicewire.UnauthorizedError):
            session.wait_ready(PATIENCE)


def test_a_wait_for_the_connection_ends(sandbox: Sandbox, client: deepdub.Client) -> None:
    sandbox.inject("silent-handshake")
    with client.open_session() as session:
        assert session.state == "connecting"
        assert session.wait_ready(0) is False
        assert session.wait_ready(0.001) is False


def test_a_closed_session_speaks_no_more(sandbox: Sandbox, client: deepdub.Client) -> None:
    session = client.open_session()
    line = session.speak(TEXT, STALL)
    next(line)
    session.close()
    session.close()
    assert sandbox.wait_until_idle(PATIENCE)
    with pytest.raises(voicewire.CancelledError):
        next(line)
    for call in (lambda: session.speak(TEXT, VOICE), lambda: session.wait_ready(PATIENCE)):
        with pytest.raises(voicewire.ClosedError):
            call()
    assert repr(session) == "<voicewire.deepdub.Session, closed>"


def test_a_closed_client_ends_everything(sandbox: Sandbox) -> None:
    client = sandbox.client()
    told = Told()
    sessions = [client.open_session(on_state=told) for _ in range(3)]
    with ThreadPoolExecutor() as pool:
        lines = [session.speak(TEXT, STALL) for session in sessions]
        for line in lines:
            next(line)
        waits = [pool.submit(next, line) for line in lines]
        client.close()
        for wait in waits:
            assert isinstance(wait.exception(PATIENCE), voicewire.CancelledError)
    assert [session.state for session in sessions] == ["closed"] * 3
    assert told.states.count("closed") == 3
    with pytest.raises(voicewire.ClosedError):
        client.open_session()
    assert sandbox.wait_until_idle(PATIENCE)


def test_a_session_that_nobody_has_is_closed(sandbox: Sandbox) -> None:
    client = sandbox.client()
    line = client.open_session().speak(TEXT, STALL)
    next(line)
    assert sandbox.open_connections == 1
    del line
    assert sandbox.wait_until_idle(PATIENCE)
    sessions: list = []
    sessions.append(client.open_session(on_state=lambda change, mine=sessions: None))
    assert sessions[0].wait_ready(PATIENCE)
    del sessions
    gc.collect()
    assert sandbox.wait_until_idle(PATIENCE)
    session = client.open_session()
    assert session.wait_ready(PATIENCE)
    del client
    assert audio(session.speak(TEXT, VOICE))


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("elsewhere", [False, True])
@pytest.mark.parametrize("form", ["next", "list", "tts"])
def test_ctrl_c_ends_a_wait(sandbox: Sandbox, session: deepdub.Session, form: str, elsewhere: bool) -> None:
    line = session.speak(TEXT, STALL)
    call = {
        "next": lambda: [next(line), next(line)],
        "list": lambda: list(line),
        "tts": lambda: session.tts(TEXT, STALL),
    }[form]
    interrupt(call, lambda: [g for g in sandbox.generations() if g["chunks"] == 1], elsewhere)
    if form != "tts":
        with pytest.raises(voicewire.CancelledError):
            next(line)
    assert audio(session.speak(TEXT, VOICE))


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_a_wait_for_the_connection(sandbox: Sandbox, client: deepdub.Client) -> None:
    sandbox.inject("silent-handshake")
    with client.open_session() as session:
        interrupt(session.wait_ready, asked(sandbox, "GET"), elsewhere=True)


START = """
import asyncio, os, sys, threading, time, voicewire
client = voicewire.deepdub.Client(rest_url=sys.argv[1], websocket_url=sys.argv[2], streaming_url=sys.argv[3])
changes = []
session = client.open_session(on_state=lambda change: changes.append(change))
line = session.speak("Hello.", "fault:stall,after=1")
assert session.wait_ready(20)
"""

PROGRAMS = {
    "a_line": "",
    "many": "lines = [client.open_session().speak('Hello.' * 50, 'v') for _ in range(50)]",
    "a_loop": """
loop = asyncio.new_event_loop()
async def listen():
    async for chunk in line:
        event.set()
event = asyncio.Event()
task = loop.create_task(listen())
loop.run_until_complete(event.wait())
""",
    "a_daemon": """
thread = threading.Thread(target=lambda: list(line), daemon=True)
thread.start()
""",
    "a_busy_callback": """
stop = []
def slow(change):
    started.set()
    time.sleep(0.2)
started = threading.Event()
other = client.open_session(on_state=slow)
started.wait()
""",
    "a_turn": "turn = client.open_text_session('v').begin_turn(); turn.write('Hello there. And')",
    "an_exception": "sys.excepthook = lambda *error: None\nraise SystemExit(0)",
    "a_fork": """
import warnings
warnings.simplefilter("ignore")
child = os.fork()
if child == 0:
    try:
        next(line)
    except voicewire.ClosedError:
        pass
    try:
        session.speak("Hello.", "v")
    except voicewire.ClosedError:
        pass
    session.close()
    line.cancel()
    del line
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
assert len(next(line)) and session.speak("Hello.", "v").__next__()
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("options", [[], ["-X", "dev", "-W", "ignore::ResourceWarning"]], ids=["plain", "dev"])
def test_a_program_ends_with_a_session_open(sandbox: Sandbox, tmp_path: Path, name: str, options: List[str]) -> None:
    if name == "a_fork" and not hasattr(os, "fork"):
        pytest.skip("no forks here")
    (tmp_path / "program.py").write_text(START + PROGRAMS[name])
    urls = [sandbox.deepdub_rest_url, sandbox.deepdub_open_url, sandbox.deepdub_live_url]
    done = subprocess.run(
        [sys.executable, *options, str(tmp_path / "program.py"), *urls],
        env={**os.environ, "DEEPDUB_API_KEY": sandbox.api_key},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    # What asyncio says of a loop that nobody closed is not about this.
    said = [line for line in done.stderr.splitlines() if "asyncio" not in line and "Task" not in line]
    assert (done.returncode, said if name != "a_loop" else []) == (0, [])
    assert sandbox.wait_until_idle(PATIENCE)


FAULTS = [
    "a-voice",
    "another-voice",
    "fault:drop",
    "fault:drop,after=1",
    "fault:reset,after=2",
    "fault:error=Server",
    "fault:error=InvalidInput,after=1",
    "fault:bad-json,after=1",
    "fault:chunk-delay=1",
    "fault:close=1011,after=1",
    "fault:gap=1",
    "fault:error=RateLimit,after=1",
]


def test_every_line_of_a_thousand_ends_once() -> None:
    options = {"retry_first_delay": 0.001, "retry_max_delay": 0.01, "first_chunk_timeout": 5.0}
    with Sandbox(max_concurrent=100, **INSTANT) as sandbox, sandbox.client(**options) as client:

        def work(worker: int) -> List[str]:
            ends: List[str] = []
            session = client.open_session()
            for start in range(0, 250, 10):
                lines = []
                for number in range(start, start + 10):
                    voice = FAULTS[(number + worker) % len(FAULTS)]
                    lines.append(session.speak("Hello there, you.", voice, seed=number % 3, format="mulaw"))
                if start % 50 == 40:
                    session.close()
                    session = client.open_session()
                if start % 50 == 20:
                    lines[3].cancel()
                for line in lines:
                    try:
                        chunks = list(line)
                    except voicewire.Error as error:
                        ends.append(error.kind)
                        with pytest.raises(type(error)):
                            next(line)
                    else:
                        ends.append("complete")
                        assert chunks[-1].is_final and list(line) == []
                    assert line.is_ended
            return ends

        with ThreadPoolExecutor(4) as pool:
            ends = [end for ends in pool.map(work, range(4), timeout=6 * PATIENCE) for end in ends]
        assert len(ends) == 1000
        assert {"complete", "cancelled", "rejected_input", "protocol"} <= set(ends)
        assert "internal" not in ends
