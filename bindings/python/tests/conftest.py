"""What the tests share: a sandbox of their own, and no settings from outside."""

import os
import time
from typing import Callable, Iterator

import pytest

from voicewire import deepdub
from voicewire.sandbox import Sandbox

TEXT = "The quick brown fox jumps over the lazy dog, twice."
VOICE = "a-voice"
INSTANT = {"pace": float("inf"), "first_chunk_delay": 0.0}
# Far more than anything here takes: only a failure gets there.
PATIENCE = 20.0
PROXIES = ("https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("DEEPDUB_", "DD_")) or name.lower() in PROXIES]:
        monkeypatch.delenv(name)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(**INSTANT) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[deepdub.Client]:
    with sandbox.client() as client:
        yield client


def until(condition: Callable[[], object]) -> None:
    """Returns when the condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.001)


def asked(sandbox: Sandbox, method: str = "WS") -> Callable[[], bool]:
    """Whether a request has arrived: for 'WS', one to speak."""
    return lambda: any(request["method"] == method for request in sandbox.requests())
