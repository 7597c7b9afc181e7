"""Making clients: settings, and what becomes of the key."""

import math
import subprocess
import sys
from pathlib import Path
from typing import Callable

import pytest
from conftest import TEXT, VOICE

import voicewire
from voicewire import deepdub
from voicewire.sandbox import Sandbox

KEY = "dd-a-key-that-is-not-shown-4711"


def test_settings_come_from_the_environment(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(voicewire.InvalidArgumentError) as caught:
        deepdub.Client()
    assert caught.value.field == "api_key"
    monkeypatch.setenv("DEEPDUB_API_KEY", KEY)
    monkeypatch.setenv("DEEPDUB_BASE_URL", sandbox.deepdub_rest_url)
    monkeypatch.setenv("DEEPDUB_BASE_WEBSOCKET_URL", sandbox.deepdub_open_url)
    with deepdub.Client() as client:
        assert client.tts(TEXT, VOICE).summary.chunks > 0
        with pytest.raises(voicewire.NotFoundError):
            client.get_issue("iss_1")


def test_the_region_chooses_the_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    us, eu = "wss://wsapi.deepdub.ai/open", "wss://wsapi.eu.deepdub.ai/open"
    assert us in repr(deepdub.Client(KEY))
    assert us in repr(deepdub.Client(KEY, region="us"))
    assert eu in repr(deepdub.Client(KEY, region="eu"))
    monkeypatch.setenv("DD_EU", "1")
    assert eu in repr(deepdub.Client(KEY))
    assert us in repr(deepdub.Client(KEY, region="us"))


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"api_key": ""}, "api_key"),
        ({"api_key": "sk-" + KEY}, "api_key"),
        ({"region": "moon"}, "region"),
        ({"rest_url": "ftp://localhost"}, "rest_url"),
        ({"websocket_url": "http://localhost"}, "websocket_url"),
        ({"websocket_url": "ws://example.com/open"}, "websocket_url"),
        ({"connect_timeout": 0}, "connect_timeout"),
        ({"first_chunk_timeout": -1}, "first_chunk_timeout"),
        ({"between_chunks_timeout": math.nan}, "between_chunks_timeout"),
        ({"total_timeout": 1e300}, "total_timeout"),
        ({"rest_timeout": 0.0}, "rest_timeout"),
        ({"ca_pem": "no certificate"}, "ca_pem"),
        ({"max_message_bytes": 10}, "max_message_bytes"),
        ({"proxy": f"socks5://user:{KEY}@localhost"}, "proxy"),
        ({"proxy": f"http://user:{KEY}@"}, "proxy"),
        ({"retries": -1}, "retries"),
        ({"retries": 2**32}, "retries"),
        ({"retry_first_delay": -0.1}, "retry_first_delay"),
        ({"retries": 1 << 80}, "retries"),
        ({"max_message_bytes": -1}, "max_message_bytes"),
        ({"remember": -1}, "remember"),
        ({"remember": 1 << 70}, "remember"),
        ({"remember_bytes": -1}, "remember_bytes"),
        ({"retry_max_delay": math.inf}, "retry_max_delay"),
    ],
)
def test_settings_that_cannot_be_are_refused(options: dict, field: str) -> None:
    with pytest.raises(voicewire.InvalidArgumentError) as caught:
        deepdub.Client(**{"api_key": KEY, **options})
    assert caught.value.field == field
    assert KEY not in f"{caught.value!r} {vars(caught.value)}"


def test_a_proxy_is_that_of_the_setting_or_of_the_environment(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://localhost")
    with pytest.raises(voicewire.InvalidArgumentError) as refused:
        deepdub.Client(KEY)
    assert refused.value.field == "HTTPS_PROXY"
    assert deepdub.Client(KEY, proxy="")
    with sandbox.client() as client:
        assert client.tts(TEXT, VOICE), "this machine is reached without it"
    with sandbox.client(proxy=f"http://user:{KEY}@127.0.0.1:1", retries=0) as client:
        for call in (lambda: client.tts(TEXT, VOICE), lambda: client.get_issue("iss_1")):
            with pytest.raises(voicewire.NetworkError, match="the proxy 127.0.0.1:1") as caught:
                call()
            assert KEY not in f"{caught.value!r} {vars(caught.value)} {client!r}"


def test_waiting_without_end_can_be_asked_for(sandbox: Sandbox) -> None:
    limits = ("connect_timeout", "first_chunk_timeout", "between_chunks_timeout", "total_timeout", "rest_timeout")
    for limit in (None, math.inf, 3):
        with sandbox.client(**dict.fromkeys(limits, limit)) as client:
            assert client.tts(TEXT, VOICE).summary.chunks > 0


def test_plaintext_elsewhere_has_to_be_asked_for() -> None:
    url = "ws://example.com/open"
    assert url in repr(deepdub.Client(KEY, websocket_url=url, allow_plaintext=True))


def test_messages_over_the_limit_are_refused(sandbox: Sandbox) -> None:
    with sandbox.client(max_message_bytes=1024) as client:
        with pytest.raises(voicewire.ProtocolError) as caught:
            client.tts(TEXT, VOICE, format="wav")
    assert caught.value.field == "max_message_bytes"


@pytest.mark.parametrize("in_query", [False, True])
def test_the_key_is_shown_nowhere(in_query: bool) -> None:
    with Sandbox(keys=[KEY], pace=math.inf, first_chunk_delay=0) as sandbox:
        with sandbox.client(key_in_query=in_query) as client:
            stream = client.stream_tts(TEXT, VOICE)
            chunks = list(stream)
            speech = client.tts(TEXT, VOICE)
            shown = [client, stream, stream.summary, chunks[0], speech, sandbox, sandbox.requests()]
            assert KEY not in f"{shown!r} {list(map(str, shown))}"
            for fault in ("http=401", "http=500", "error=InvalidInput", "drop", "close=1008"):
                sandbox.inject(fault)
                with pytest.raises(voicewire.Error) as caught:
                    client.tts(TEXT, VOICE)
                assert KEY not in f"{caught.value!r} {caught.value} {vars(caught.value)} {caught.traceback}"


def test_clients_have_no_room_for_other_things() -> None:
    with pytest.raises(AttributeError):
        deepdub.Client(KEY).api_key = KEY  # type: ignore[attr-defined]


def test_constants() -> None:
    assert deepdub.TRIAL_KEY.startswith("dd-")
    assert len(deepdub.TRIAL_VOICE) == 36
    assert voicewire.SAMPLE_RATES == (8000, 16000, 22050, 24000, 32000, 36000, 44100, 48000)
    assert voicewire.__version__.count(".") == 2


IMPORT = """
import logging, os, signal, threading
def state():
    handlers = [signal.getsignal(number) for number in signal.valid_signals()]
    threads = len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else threading.active_count()
    return handlers, threads, list(logging.root.handlers), sorted(logging.root.manager.loggerDict)
before = state()
import voicewire, voicewire.sandbox
assert voicewire.deepdub.Client("dd-a-key-of-some-kind")
after = state()
assert before == after, (before, after)
"""


@pytest.mark.parametrize("wrong", [-1, 1 << 200, -(1 << 200)])
@pytest.mark.parametrize("field", ["sample_rate", "output_rate", "channels"])
def test_numbers_that_cannot_be_are_refused_by_name(tmp_path: Path, field: str, wrong: int) -> None:
    options = {"sample_rate": 8000, field: wrong}
    calls: "list[Callable[[], object]]" = [
        lambda: voicewire.Decoder("s16le", **options),  # type: ignore[arg-type]
        lambda: voicewire.decode(b"", "s16le", **options),  # type: ignore[arg-type]
        lambda: voicewire.AudioFile.decoded(tmp_path / "a.wav", "s16le", **options),  # type: ignore[arg-type]
    ]
    if field != "output_rate":
        calls.append(lambda: voicewire.Player(**options))  # type: ignore[arg-type]
    if field == "sample_rate":
        calls.append(lambda: voicewire.AudioFile(tmp_path / "a.wav", "wav", wrong))
        calls.append(lambda: voicewire.Player().begin("s16le", wrong))
    for call in calls:
        with pytest.raises(voicewire.InvalidArgumentError) as caught:
            call()
        assert caught.value.field == field
    assert list(tmp_path.iterdir()) == []


LATER = """
import sys, voicewire
assert {"palabra", "respeecher", "Listing", "Page"} <= set(dir(voicewire)) & set(voicewire.__all__)
assert not {"dataclasses", "voicewire.palabra", "voicewire.respeecher"} & set(sys.modules)
assert voicewire.respeecher.Client.__name__ == "Client" and voicewire.Page.__module__ == "voicewire"
from voicewire import palabra
assert voicewire.palabra is palabra and not hasattr(voicewire, "nothing")
"""


def test_other_services_are_imported_when_they_are_used() -> None:
    subprocess.run([sys.executable, "-c", LATER], check=True)


def test_importing_it_changes_nothing_in_the_process() -> None:
    subprocess.run([sys.executable, "-c", IMPORT], check=True)
