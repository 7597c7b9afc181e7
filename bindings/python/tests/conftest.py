"""What the tests share: a sandbox of their own, and no settings from outside."""

import io
import math
import os
import signal
import time
import wave
from array import array
from pathlib import Path
from typing import Callable, Iterator

import pytest

import voicewire
from voicewire import deepdub, palabra, respeecher
from voicewire.sandbox import Sandbox

TEXT = "The quick brown fox jumps over the lazy dog, twice."
VOICE = "a-voice"
INSTANT = {"pace": float("inf"), "first_chunk_delay": 0.0, "processing_delay": 0.0}
# Far more than anything here takes: only a failure gets there.
PATIENCE = 20.0
SERVICES = ("DEEPDUB_", "DD_", "RESPEECHER_", "PALABRA_")
PROXIES = ("https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(SERVICES) or name.lower() in PROXIES]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_interrupts() -> None:
    """As in a terminal: shells start what runs in their background with SIGINT ignored, and Python keeps that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(**INSTANT) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[deepdub.Client]:
    with sandbox.client() as client:
        yield client


@pytest.fixture
def market(sandbox: Sandbox) -> Iterator[respeecher.Client]:
    with sandbox.respeecher_client(retry_first_delay=0.001) as client:
        yield client


@pytest.fixture
def cloner(sandbox: Sandbox) -> Iterator[palabra.Client]:
    with sandbox.palabra_client(retry_first_delay=0.001) as client:
        yield client


def tone(seconds: float = 0.5) -> bytes:
    """A WAV file."""
    samples = array("h", (int(8000 * math.sin(index * 0.17)) for index in range(int(16000 * seconds))))
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16000)
        writer.writeframes(samples.tobytes())
    return file.getvalue()


def assert_whole(path: Path) -> None:
    """That it is a WAV file as long as it says, with sound in it."""
    data = path.read_bytes()
    assert data.startswith(b"RIFF") and len(data) == int.from_bytes(data[4:8], "little") + 8, path
    assert any(abs(sample) > 0.01 for sample in voicewire.decode(data, "wav").samples), path


def until(condition: Callable[[], object]) -> None:
    """Returns when the condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.001)


def asked(sandbox: Sandbox, method: str = "WS") -> Callable[[], bool]:
    """Whether a request has arrived: for 'WS', one to speak."""
    return lambda: any(request["method"] == method for request in sandbox.requests())
