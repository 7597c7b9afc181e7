"""Each kind of error, as the sandbox makes it happen."""

import builtins
from pathlib import Path

import pytest
from conftest import INSTANT, TEXT, VOICE

import voicewire
from voicewire import deepdub
from voicewire.sandbox import Sandbox

OPTIONAL = (
    "field",
    "url",
    "http_status",
    "vendor_type",
    "retry_after",
    "generation_id",
    "chunks_received",
    "bytes_received",
    "attempts",
)

KINDS = {
    voicewire.InvalidArgumentError: ("invalid_argument", ValueError),
    voicewire.UnauthorizedError: ("unauthorized", None),
    voicewire.RateLimitedError: ("rate_limited", None),
    voicewire.QuotaExceededError: ("quota_exceeded", None),
    voicewire.InsufficientCreditsError: ("insufficient_credits", None),
    voicewire.RejectedInputError: ("rejected_input", None),
    voicewire.NotFoundError: ("not_found", LookupError),
    voicewire.NetworkError: ("network", ConnectionError),
    voicewire.TlsError: ("tls", None),
    voicewire.TimeoutError: ("timeout", builtins.TimeoutError),
    voicewire.ClosedError: ("closed", ConnectionError),
    voicewire.ProtocolError: ("protocol", None),
    voicewire.ServerError: ("server", None),
    voicewire.CancelledError: ("cancelled", None),
    voicewire.FileError: ("file", OSError),
    voicewire.InternalError: ("internal", None),
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_kind_is_a_class(kind: type) -> None:
    name, builtin = KINDS[kind]
    assert issubclass(kind, voicewire.Error)
    assert kind.__module__ == "voicewire"
    assert getattr(voicewire, kind.__name__) is kind
    assert f"'{name}'" in (kind.__doc__ or "")
    if builtin is not None:
        assert issubclass(kind, builtin)
    # For tests of programs that use the library.
    error = kind("made by hand")
    assert str(error) == "made by hand"
    assert error.kind == name
    assert [getattr(error, attribute) for attribute in OPTIONAL] == [None] * len(OPTIONAL)


def test_a_file_error_has_no_errno(tmp_path: Path) -> None:
    with pytest.raises(voicewire.FileError, match="missing") as caught:
        voicewire.AudioFile(tmp_path / "missing" / "a.wav", "wav", 8000)
    assert (caught.value.errno, caught.value.strerror, caught.value.filename) == (None, None, None)
    assert "errno" in (voicewire.FileError.__doc__ or "")


@pytest.mark.parametrize(
    ("fault", "kind", "attributes"),
    [
        ("http=401", voicewire.UnauthorizedError, {"http_status": 401}),
        ("http=403", voicewire.UnauthorizedError, {"http_status": 403}),
        ("http=404", voicewire.NotFoundError, {"http_status": 404}),
        ("http=503,retry-after=7", voicewire.ServerError, {"http_status": 503, "retry_after": 7.0}),
        ("http=429,retry-after=0", voicewire.RateLimitedError, {"retry_after": 0.0, "vendor_type": "RateLimit"}),
        ("error=RateLimit", voicewire.RateLimitedError, {"vendor_type": "RateLimit", "http_status": None}),
        ("error=MaxExceeded", voicewire.QuotaExceededError, {"vendor_type": "MaxExceeded"}),
        ("error=InsufficientCredits", voicewire.InsufficientCreditsError, {"vendor_type": "InsufficientCredits"}),
        ("error=InvalidInput", voicewire.RejectedInputError, {"vendor_type": "InvalidInput"}),
        ("error=Server,after=2", voicewire.ServerError, {"chunks_received": 2}),
        ("drop,after=2", voicewire.NetworkError, {"chunks_received": 2}),
        ("close=1011,after=1", voicewire.ClosedError, {"chunks_received": 1}),
        ("bad-json", voicewire.ProtocolError, {"chunks_received": 0, "bytes_received": 0}),
        ("gap=1", voicewire.ProtocolError, {"chunks_received": 1}),
        ("redirect=https://example.com/open", voicewire.ProtocolError, {"http_status": 307}),
    ],
)
@pytest.mark.parametrize("form", ["tts", "speak", "stream"])
def test_what_the_service_does_wrong(
    sandbox: Sandbox, client: deepdub.Client, fault: str, kind: type, attributes: dict, form: str
) -> None:
    received = []

    def call() -> None:
        if form == "tts":
            client.tts(TEXT, VOICE, format="s16le")
        elif form == "speak":
            client.speak(TEXT, VOICE, received.append, format="s16le")
        else:
            received.extend(client.stream_tts(TEXT, VOICE, format="s16le"))

    sandbox.inject(fault)
    with pytest.raises(voicewire.Error) as caught:
        call()
    error = caught.value
    assert type(error) is kind
    assert error.kind == KINDS[kind][0]
    assert {name: getattr(error, name) for name in attributes} == attributes
    assert error.message in str(error)
    assert error.url == sandbox.deepdub_open_url
    assert error.generation_id is not None
    if form == "speak":
        assert error.chunks_received == len(received)
        assert error.bytes_received == sum(map(len, received))
    assert sandbox.api_key not in f"{error!r} {error} {vars(error)}"
    call()  # The client is none the worse for it.


@pytest.mark.parametrize(
    ("fault", "limits", "field"),
    [
        ("silent-handshake", {"connect_timeout": 0.05}, "connect_timeout"),
        ("stall", {"first_chunk_timeout": 0.05}, "first_chunk_timeout"),
        ("stall,after=1", {"between_chunks_timeout": 0.05}, "between_chunks_timeout"),
        ("stall", {"total_timeout": 0.05, "first_chunk_timeout": None}, "total_timeout"),
    ],
)
def test_time_limits(sandbox: Sandbox, fault: str, limits: dict, field: str) -> None:
    sandbox.inject(fault)
    with sandbox.client(**limits) as client:
        with pytest.raises(builtins.TimeoutError) as caught:
            client.tts(TEXT, VOICE)
    assert isinstance(caught.value, voicewire.TimeoutError)
    assert caught.value.field == field


def test_the_rest_time_limit(sandbox: Sandbox) -> None:
    sandbox.inject("silent")
    with sandbox.client(rest_timeout=0.05) as client:
        with pytest.raises(voicewire.TimeoutError) as caught:
            client.get_issue("iss_1")
    assert caught.value.field == "rest_timeout"


def test_a_service_that_is_not_there() -> None:
    with Sandbox(**INSTANT) as sandbox:
        client = sandbox.client()
    with pytest.raises(ConnectionError) as caught:
        client.tts(TEXT, VOICE)
    assert type(caught.value) is voicewire.NetworkError
    with pytest.raises(voicewire.NetworkError):
        client.get_issue("iss_1")


def test_a_certificate_that_is_not_trusted() -> None:
    with Sandbox(tls=True, **INSTANT) as sandbox:
        with sandbox.client(ca_pem=None) as client:
            with pytest.raises(voicewire.TlsError):
                client.tts(TEXT, VOICE)
        with sandbox.client() as client:
            assert client.tts(TEXT, VOICE).seconds > 0
            with pytest.raises(LookupError):
                client.get_issue("iss_1")


def test_a_key_that_is_not_accepted() -> None:
    keys = ["dd-the-right-key-1234", "dd-the-other-key-5678"]
    wrong = "dd-the-wrong-key-9012"
    with Sandbox(keys=keys, **INSTANT) as sandbox:
        assert sandbox.api_key == keys[0]
        with sandbox.client(api_key=keys[1]) as client:
            client.tts(TEXT, VOICE)
        with sandbox.client(api_key=wrong) as client:
            for call in (lambda: client.tts(TEXT, VOICE), lambda: client.get_issue("iss_1")):
                with pytest.raises(voicewire.UnauthorizedError) as caught:
                    call()
                assert wrong not in f"{caught.value!r} {vars(caught.value)}"


def test_more_at_once_than_the_account_may() -> None:
    with Sandbox(max_concurrent=1, fault="stall", **INSTANT) as sandbox, sandbox.client() as client:
        with client.stream_tts(TEXT, VOICE):
            with pytest.raises(voicewire.RateLimitedError):
                client.tts(TEXT, VOICE)


def test_files_that_cannot_be_written(client: deepdub.Client, tmp_path: Path) -> None:
    speech = client.tts(TEXT, VOICE)
    with pytest.raises(OSError) as caught:
        speech.save(tmp_path / "missing" / "a.mp3")
    assert type(caught.value) is voicewire.FileError
    assert "missing" in str(caught.value)
