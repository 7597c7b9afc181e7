"""The sandbox: in the process, and as a program."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Iterator, List

import pytest
from conftest import INSTANT, PATIENCE, TEXT, VOICE

import voicewire
from voicewire import deepdub, palabra, respeecher
from voicewire.sandbox import Sandbox


def test_its_addresses(sandbox: Sandbox) -> None:
    assert sandbox.base_url.startswith("http://127.0.0.1:")
    assert sandbox.deepdub_rest_url == sandbox.base_url + "/api/v1"
    assert sandbox.deepdub_open_url == sandbox.base_url.replace("http", "ws") + "/open"
    assert sandbox.deepdub_live_url == sandbox.base_url.replace("http", "ws") + "/ws"
    assert sandbox.ca_pem is None
    assert sandbox.base_url in repr(sandbox)


def test_a_wait_may_be_longer_than_any_clock_goes(sandbox: Sandbox) -> None:
    assert sandbox.wait_until_idle(1e19)


def test_it_stops_once_and_for_all() -> None:
    sandbox = Sandbox()
    client = sandbox.client()
    sandbox.stop()
    sandbox.stop()
    assert repr(sandbox).endswith(", stopped>")
    asks = (
        sandbox.requests,
        sandbox.generations,
        sandbox.hold_processing,
        sandbox.steer_respeecher,
        sandbox.steer_palabra,
        lambda: sandbox.open_connections,
        lambda: sandbox.respeecher_login,
        lambda: sandbox.palabra_login,
        lambda: sandbox.inject("drop"),
        sandbox.withdraw_faults,
    )
    for ask in asks:
        with pytest.raises(ValueError, match="stopped"):
            ask()
    with pytest.raises(voicewire.NetworkError):
        client.tts(TEXT, VOICE)


def test_stopping_breaks_connections() -> None:
    with Sandbox(fault="stall") as sandbox:
        stream = sandbox.client().stream_tts(TEXT, VOICE)
    with pytest.raises(ConnectionError):
        next(stream)


def test_a_port_that_is_taken(sandbox: Sandbox) -> None:
    port = int(sandbox.base_url.rpartition(":")[2])
    with pytest.raises(voicewire.NetworkError, match=f"port {port} .* in use"):
        Sandbox(port)


def test_it_remembers_what_was_asked(sandbox: Sandbox, client: deepdub.Client) -> None:
    stream = client.stream_tts(TEXT, VOICE)
    chunks = list(stream)
    with pytest.raises(voicewire.NotFoundError):
        client.get_issue("iss_1")
    assert [(entry["method"], entry["path"], entry["status"]) for entry in sandbox.requests()] == [
        ("GET", "/open", 101),
        ("WS", "/open", 200),
        ("GET", "/api/v1/issues/iss_1", 404),
    ]
    assert sandbox.requests()[1]["body"]["targetText"] == TEXT
    assert sandbox.requests()[2]["body"] is None
    assert sandbox.generations() == [{"id": stream.generation_id, "chunks": len(chunks), "outcome": "finished"}]
    assert sandbox.issue_audio("iss_1") is None


def test_it_counts_connections(sandbox: Sandbox, client: deepdub.Client) -> None:
    sandbox.inject("stall")
    with client.stream_tts(TEXT, VOICE):
        assert sandbox.open_connections == 1
        assert not sandbox.wait_until_idle(0)
        assert not sandbox.wait_until_idle(0.03)
    assert sandbox.wait_until_idle(PATIENCE)
    assert sandbox.open_connections == 0


def test_faults_that_nothing_met_are_withdrawn(sandbox: Sandbox, client: deepdub.Client) -> None:
    for fault in ("error=Server", "silent-handshake", "http=503,on=GET /never"):
        sandbox.inject(fault)
    assert sandbox.withdraw_faults() == 3
    client.tts(TEXT, VOICE)
    assert sandbox.withdraw_faults() == 0


def test_a_fault_is_used_up_and_one_of_its_own_is_not(sandbox: Sandbox, client: deepdub.Client) -> None:
    sandbox.inject("error=Server")
    with pytest.raises(voicewire.ServerError):
        client.tts(TEXT, VOICE)
    client.tts(TEXT, VOICE)
    with Sandbox(fault="error=Server", **INSTANT) as broken, broken.client() as client:
        for _ in range(2):
            with pytest.raises(voicewire.ServerError):
                client.tts(TEXT, VOICE)


def test_pieces_are_as_long_as_asked_for() -> None:
    with Sandbox(chunk_millis=50, **INSTANT) as sandbox, sandbox.client() as client:
        first = next(client.stream_tts(TEXT, VOICE, format="s16le", sample_rate=8000))
        assert len(first) == 8000 // 20 * 2


def test_its_client_takes_settings_of_its_own(sandbox: Sandbox) -> None:
    with pytest.raises(TypeError):
        sandbox.client(loud=True)
    with pytest.raises(voicewire.InvalidArgumentError):
        sandbox.client(api_key="x")


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"fault": "dorp"}, "fault"),
        ({"pace": 0}, "pace"),
        ({"pace": float("nan")}, "pace"),
        ({"first_chunk_delay": -1}, "first_chunk_delay"),
        ({"chunk_millis": 0}, "chunk_millis"),
        ({"engine": "steam"}, "engine"),
        ({"port": 70000}, "port"),
        ({"port": -1}, "port"),
        ({"chunk_millis": -1}, "chunk_millis"),
        ({"chunk_millis": 1 << 40}, "chunk_millis"),
        ({"max_concurrent": -1}, "max_concurrent"),
        ({"max_concurrent": 1 << 70}, "max_concurrent"),
        ({"credits": -1}, "credits"),
        ({"kept_upload": -1}, "kept_upload"),
        ({"processing_delay": -1}, "processing_delay"),
        ({"session_duration": float("nan")}, "session_duration"),
    ],
)
def test_settings_that_cannot_be_are_refused(options: dict, field: str) -> None:
    with pytest.raises(voicewire.InvalidArgumentError) as caught:
        Sandbox(**options)
    assert caught.value.field == field


def test_a_fault_that_is_none_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(voicewire.InvalidArgumentError, match="'dorp' is not known.*sandbox/FAULTS.md"):
        sandbox.inject("dorp")


def test_its_services_are_set_up_and_steered() -> None:
    with Sandbox(keys=["a-key-of-my-own"], credits=7, kept_upload=10, processing_delay=0, session_duration=5) as sandbox:
        assert sandbox.respeecher_url == sandbox.palabra_url == sandbox.base_url
        assert sandbox.respeecher_api_key == sandbox.palabra_api_key == sandbox.api_key == "a-key-of-my-own"
        email, password = sandbox.respeecher_login
        with sandbox.respeecher_client() as market, sandbox.respeecher_client(email=email, password=password) as other:
            assert market.get_credits().credits == 7
            assert other.login().session_duration == 5
            folder = market.create_folder("Takes", market.create_project("Alice").id)
            sandbox.hold_processing()
            made = market.create_tts_recording(folder.id, "Hello.")
            assert market.get_recording(made.id).state == "processing"
            sandbox.hold_processing(False)
            assert market.get_recording(made.id).state == "done"
        assert sandbox.steer_respeecher(seed_recordings=1, credits=3).keys() == {"project_id", "folder_id"}
        assert len(sandbox.steer_palabra(seed_voices=2)["voice_ids"]) == 2
        for wrong in (lambda: sandbox.steer_respeecher(credit=3), lambda: sandbox.steer_palabra(voice_limit="many")):
            with pytest.raises(voicewire.InvalidArgumentError, match="credit is not known|must be a whole number"):
                wrong()
    with Sandbox(tls=True) as sandbox, sandbox.respeecher_client() as market, sandbox.palabra_client() as cloner:
        assert market.get_credits().credits == 1000
        assert cloner.get_limits().total == 0


class Program:
    """`python -m voicewire.sandbox`."""

    def __init__(self, arguments: List[str]) -> None:
        command = [sys.executable, "-m", "voicewire.sandbox", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.base_url = self.process.stdout.readline().rstrip("\n")

    def client(self, **options: object) -> deepdub.Client:
        arguments = {
            "api_key": deepdub.TRIAL_KEY,
            "rest_url": self.base_url + "/api/v1",
            "websocket_url": self.base_url.replace("http", "ws", 1) + "/open",
            **options,
        }
        return deepdub.Client(**arguments)  # type: ignore[arg-type]


@pytest.fixture
def start() -> Iterator[object]:
    programs: List[Program] = []

    def start(*arguments: str) -> Program:
        programs.append(Program(list(arguments)))
        return programs[-1]

    yield start
    for program in programs:
        program.process.kill()
        program.process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_program_serves_until_it_is_told_to_stop(start, number: signal.Signals) -> None:
    program = start("--port", "0", "--first-chunk-delay", "0", "--pace", "max", "--chunk-millis", "50")
    with program.client() as client:
        assert len(next(client.stream_tts(TEXT, VOICE, format="s16le", sample_rate=8000))) == 800
        program.process.send_signal(number)
        stdout, stderr = program.process.communicate(timeout=PATIENCE)
        assert program.process.returncode == 0
        assert stdout == ""
        assert deepdub.TRIAL_KEY in stderr and "Traceback" not in stderr
        with pytest.raises(voicewire.NetworkError):
            client.tts(TEXT, VOICE)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_the_program_says_what_a_client_needs(start, monkeypatch: pytest.MonkeyPatch) -> None:
    program = start()
    lines = []
    while len(lines) < 9:
        lines.append(program.process.stderr.readline().rstrip("\n"))
    variables = dict(line.split("=", 1) for line in lines[1:])
    assert variables == {
        "DEEPDUB_API_KEY": deepdub.TRIAL_KEY,
        "DEEPDUB_BASE_URL": program.base_url + "/api/v1",
        "DEEPDUB_BASE_WEBSOCKET_URL": program.base_url.replace("http", "ws", 1) + "/open",
        "DEEPDUB_BASE_WEBSOCKET_STREAMING_URL": program.base_url.replace("http", "ws", 1) + "/ws",
        "RESPEECHER_API_KEY": variables["RESPEECHER_API_KEY"],
        "RESPEECHER_BASE_URL": program.base_url,
        "PALABRA_API_KEY": variables["PALABRA_API_KEY"],
        "PALABRA_API_URL": program.base_url,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with deepdub.Client() as client:
        assert client.tts(TEXT, VOICE).summary.chunks > 0
    with respeecher.Client() as market, palabra.Client() as cloner:
        assert market.get_credits().credits == 1000.0
        assert cloner.get_limits().total == 0


def test_the_program_with_tls_keys_limits_and_faults(start, tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    key = "dd-a-key-of-my-own"
    program = start(
        *("--port", "0", "--tls", "--ca-file", str(authority), "--key", "dd-another-key", "--key", key),
        *("--fault", "stall", "--max-concurrent", "1", "--engine", "formant"),
    )
    assert program.base_url.startswith("https://127.0.0.1:")
    ca_pem = authority.read_text()
    with program.client(ca_pem=ca_pem) as client, pytest.raises(voicewire.UnauthorizedError):
        client.tts(TEXT, VOICE)
    with program.client(ca_pem=ca_pem, api_key=key) as client, client.stream_tts(TEXT, VOICE):
        with pytest.raises(voicewire.RateLimitedError):
            client.tts(TEXT, VOICE)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "many"],
        ["--port", "70000"],
        ["--port", "0", "--tls"],
        ["--port", "0", "--ca-file", "a"],
        ["--port", "0", "--fault", "dorp"],
        ["--port", "0", "--pace", "0"],
        ["--port", "0", "--engine", "steam"],
        ["--port", "0", "--max-concurrent", "-1"],
    ],
)
def test_usage_errors_of_the_program(start, arguments: List[str]) -> None:
    program = start(*arguments)
    stdout, stderr = program.process.communicate(timeout=PATIENCE)
    assert program.process.returncode == 2
    assert program.base_url == stdout == ""
    assert "voicewire.sandbox" in stderr and "Traceback" not in stderr


def test_a_sandbox_serves_other_programs_too(sandbox: Sandbox) -> None:
    request = urllib.request.Request(sandbox.deepdub_rest_url + "/issues/iss_1", headers={"x-api-key": sandbox.api_key})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=PATIENCE)
    assert caught.value.code == 404
    caught.value.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_client_is_of_use_after_a_fork(sandbox: Sandbox) -> None:
    client = sandbox.client()
    alone = client.tts(TEXT, VOICE, seed=1).data
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if client.tts(TEXT, VOICE, seed=1).data == alone else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
