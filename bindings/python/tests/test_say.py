"""`python -m voicewire say`, and the example that does the same."""

import os
import signal
import subprocess
import sys
import wave
from pathlib import Path
from typing import Dict, List, Optional

import pytest
from conftest import PATIENCE, TEXT, until

import voicewire
from voicewire.sandbox import Sandbox

SAY = [sys.executable, "-m", "voicewire", "say"]
EXAMPLE = Path(__file__).parents[3] / "examples" / "python" / "say.py"


def at(sandbox: Sandbox) -> Dict[str, str]:
    """The environment in which the sandbox is the service."""
    return {
        "DEEPDUB_API_KEY": sandbox.api_key,
        "DEEPDUB_BASE_URL": sandbox.deepdub_rest_url,
        "DEEPDUB_BASE_WEBSOCKET_URL": sandbox.deepdub_open_url,
    }


def run(
    arguments: List[str], folder: Path, environment: Optional[Dict[str, str]] = None, program: List[str] = SAY
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*program, *arguments],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


@pytest.mark.parametrize(
    ("name", "magic"),
    [("a.wav", b"RIFF"), ("a.mp3", b"\xff"), ("a.opus", b"OggS"), ("a.ogg", b"OggS"), ("a.au", b".snd"), ("a.ul", b""),
     ("a.pcm", b"")],
)  # fmt: skip
def test_the_ending_chooses_the_container(sandbox: Sandbox, tmp_path: Path, name: str, magic: bytes) -> None:
    done = run([TEXT, "-o", name], tmp_path, at(sandbox))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / name).read_bytes().startswith(magic)
    assert done.stdout == ""
    assert "first audio after" in done.stderr
    assert f"{name}: " in done.stderr and "s of audio in" in done.stderr
    assert sandbox.generations()[0]["id"] in done.stderr
    assert sandbox.requests()[-1]["body"]["sampleRate"] == 48000
    assert sandbox.requests()[-1]["body"]["format"] == voicewire.format_for_path(name)


@pytest.mark.parametrize("program", [SAY, [sys.executable, str(EXAMPLE)]], ids=["say", "example"])
def test_without_a_key_the_sandbox_speaks_and_says_so(tmp_path: Path, program: List[str]) -> None:
    if not Path(program[1]).exists() and program is not SAY:
        pytest.skip("the examples are not here")
    done = run(["Hello.", "-o", "a.wav"], tmp_path, program=program)
    assert done.returncode == 0, done.stderr
    assert "DEEPDUB_API_KEY is not set" in done.stderr and "sandbox" in done.stderr
    with wave.open(str(tmp_path / "a.wav")) as read:
        assert read.getframerate() == 48000
        assert read.getnframes() > 4800


def test_options_reach_the_service(sandbox: Sandbox, tmp_path: Path) -> None:
    options = [
        *("--voice", "v", "--format", "s16le", "--sample-rate", "16000", "--locale", "fr-FR", "--model", "m"),
        *("--generation-id", "6b5b1f0e-0d5b-4f0c-9a55-0a6a3f1c2d3e", "--seed", "-5", "--tempo", "1.5"),
        *("--variance", "0.25", "--temperature", "0.5", "--prompt-boost", "--no-super-stretch", "--realtime"),
        *("--no-clean-audio", "--auto-gain", "--accent-base-locale", "en-US", "--accent-locale", "fr-FR"),
        *("--accent-ratio", "0.5", "--performance-reference-prompt-id", "p"),
    ]
    done = run([TEXT, "-o", "a.wav", *options], tmp_path, at(sandbox))
    body = sandbox.requests()[-1]["body"]
    assert body == {
        "action": "text-to-speech",
        "targetText": TEXT,
        "voicePromptId": "v",
        "format": "s16le",
        "sampleRate": 16000,
        "locale": "fr-FR",
        "model": "m",
        "generationId": "6b5b1f0e-0d5b-4f0c-9a55-0a6a3f1c2d3e",
        "seed": -5,
        "tempo": 1.5,
        "variance": 0.25,
        "temperature": 0.5,
        "promptBoost": True,
        "superStretch": False,
        "realtime": True,
        "cleanAudio": False,
        "autoGain": True,
        "accentControl": {"accentBaseLocale": "en-US", "accentLocale": "fr-FR", "accentRatio": 0.5},
        "performanceReferencePromptId": "p",
    }
    if sandbox.requests()[-1]["status"] == 200:
        assert done.returncode == 0, done.stderr
        with wave.open(str(tmp_path / "a.wav")) as read:
            assert read.getframerate() == 16000


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [TEXT],
        ["-o", "a.wav"],
        [TEXT, "-o", "a.txt"],
        [TEXT, "-o", "a.wav", "--format", "mp3"],
        [TEXT, "-o", "a.wav", "--tempo", "fast"],
        [TEXT, "-o", "a.wav", "--tempo", "9"],
        [TEXT, "-o", "a.wav", "--sample-rate", "1"],
        ["", "-o", "a.wav"],
        [TEXT, "-o", "a.wav", "--loud"],
        ["\udcff", "-o", "a.wav"],
    ],
)
def test_usage_errors(sandbox: Sandbox, tmp_path: Path, arguments: List[str]) -> None:
    done = run(arguments, tmp_path, at(sandbox))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
    assert sandbox.requests() == []


@pytest.mark.parametrize("fault", ["http=401", "error=InsufficientCredits", "drop"])
def test_failures_are_one_line_and_leave_no_file(sandbox: Sandbox, tmp_path: Path, fault: str) -> None:
    sandbox.inject(fault)
    done = run([TEXT, "-o", "a.wav"], tmp_path, at(sandbox))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("voicewire: ")
    assert sandbox.api_key not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_costs_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    done = run([TEXT, "-o", "missing/a.wav"], tmp_path, at(sandbox))
    assert done.returncode == 1
    assert "missing" in done.stderr and len(done.stderr.splitlines()) == 1
    assert sandbox.requests() == []


def test_what_came_before_a_failure_is_kept(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.inject("drop,after=3")
    done = run([TEXT, "-o", "a.wav"], tmp_path, at(sandbox))
    assert done.returncode == 1
    assert "a.wav has what came before: 0.60 s of audio" in done.stderr
    with wave.open(str(tmp_path / "a.wav")) as read:
        assert read.getnframes() / read.getframerate() == pytest.approx(0.6, abs=0.01)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("after", [0, 2])
def test_ctrl_c_leaves_no_file(sandbox: Sandbox, tmp_path: Path, after: int) -> None:
    sandbox.inject(f"stall,after={after}")
    (tmp_path / "a.wav").write_bytes(b"before")
    program = subprocess.Popen(
        [*SAY, TEXT, "-o", "a.wav"],
        cwd=tmp_path,
        env={**os.environ, **at(sandbox)},
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: [g for g in sandbox.generations() if g["chunks"] == after])
    program.send_signal(signal.SIGINT)
    _, stderr = program.communicate(timeout=PATIENCE)
    assert program.returncode == 130
    assert "Traceback" not in stderr and "interrupted" in stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]
    assert (tmp_path / "a.wav").read_bytes() == b"before"
    assert sandbox.wait_until_idle(PATIENCE)


@pytest.mark.skipif(sys.platform == "win32", reason="terminals of POSIX")
def test_on_a_terminal_one_line_changes(sandbox: Sandbox, tmp_path: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [*SAY, TEXT, "-o", "a.wav"], cwd=tmp_path, env={**os.environ, **at(sandbox)}, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(ours)
    assert program.wait(PATIENCE) == 0
    lines = shown.decode().replace("\r\n", "\n").splitlines(keepends=False)
    assert shown.count(b"\rvoicewire: first audio after") == sandbox.generations()[0]["chunks"]
    assert lines[-1].startswith("voicewire: a.wav: ")


def test_help_and_version(tmp_path: Path) -> None:
    assert "--performance-reference-prompt-id" in run(["--help"], tmp_path).stdout
    done = run(["--version"], tmp_path, program=[sys.executable, "-m", "voicewire"])
    assert done.stdout == f"voicewire {voicewire.__version__}\n"
    assert run([], tmp_path, program=[sys.executable, "-m", "voicewire"]).returncode == 2
