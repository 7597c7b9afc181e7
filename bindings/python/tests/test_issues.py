"""Reports about generations that came out wrong."""

import array
import json
import os
import pathlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import PATIENCE, TEXT, VOICE, asked, until

import voicewire
from voicewire import deepdub
from voicewire.sandbox import Sandbox

REPORT = {
    "generation_id": "6b5b1f0e-0d5b-4f0c-9a55-0a6a3f1c2d3e",
    "generated_text": TEXT,
    "problem_word": "fox",
    "voice_prompt_id": VOICE,
}


def test_a_report_from_its_filing_to_its_end(sandbox: Sandbox, client: deepdub.Client) -> None:
    filed = client.create_issue(**REPORT, additional_comments="it barks", problem_seconds=1.5)
    assert {name: getattr(filed, name) for name in REPORT} == REPORT
    assert (filed.additional_comments, filed.problem_seconds) == ("it barks", 1.5)
    assert filed.state == "open"
    assert filed.created_at is not None and filed.updated_at is not None

    read = client.get_issue(filed.id)
    assert read.to_dict() == filed.to_dict()
    assert read == filed and hash(read) == hash(filed)

    changed = client.update_issue(filed.id, problem_word="dog", problem_seconds=0)
    assert changed != read and changed != read.id
    assert (changed.problem_word, changed.problem_seconds) == ("dog", 0.0)
    assert (changed.generated_text, changed.additional_comments) == (TEXT, "it barks")
    assert sandbox.requests()[-1]["body"] == {"problemWord": "dog", "problemSeconds": 0.0}

    assert client.delete_issue(filed.id) != ""
    for call in (client.get_issue, client.update_issue, client.delete_issue):
        with pytest.raises(voicewire.NotFoundError) as caught:
            call(filed.id)
        assert caught.value.http_status == 404


def test_an_issue_as_a_dict_is_json_in_the_services_words(client: deepdub.Client) -> None:
    issue = client.create_issue(**REPORT, problem_audio=b"RIFF")
    whole = issue.to_dict()
    assert whole["id"] == issue.id
    assert whole["problemWord"] == "fox"
    assert whole["additionalComments"] is None
    # What the sandbox says beyond the fields that are known.
    assert issue.extra == {"problemAudioBytes": 4}
    assert json.loads(json.dumps(whole)) == whole
    assert issue.extra is not issue.extra
    assert repr(issue) == f'<voicewire.deepdub.Issue {issue.id}: state "open", word "fox">'


@pytest.mark.parametrize(
    "audio",
    [b"\0\1RIFF", bytearray(b"\0\1RIFF"), memoryview(b"-\0\1RIFF-")[1:-1], array.array("B", b"\0\1RIFF")],
    ids=lambda audio: type(audio).__name__,
)
def test_audio_from_memory(sandbox: Sandbox, client: deepdub.Client, audio: object) -> None:
    issue = client.create_issue(**REPORT, problem_audio=audio)
    assert sandbox.issue_audio(issue.id) == b"\0\1RIFF"


@pytest.mark.parametrize("kind", [str, pathlib.Path, os.fsencode])
def test_audio_from_a_file(sandbox: Sandbox, client: deepdub.Client, tmp_path: pathlib.Path, kind: type) -> None:
    path = tmp_path / "clip.wav"
    client.tts(TEXT, VOICE, format="wav").save(path)
    issue = client.create_issue(**REPORT)
    assert sandbox.issue_audio(issue.id) is None
    if kind is os.fsencode:
        # Bytes are audio, never a path.
        client.update_issue(issue.id, problem_audio=os.fsencode(path))
        assert sandbox.issue_audio(issue.id) == os.fsencode(path)
    else:
        client.update_issue(issue.id, problem_audio=kind(path))
        assert sandbox.issue_audio(issue.id) == path.read_bytes()


@pytest.mark.parametrize(
    ("format", "rate", "name"),
    [
        ("wav", None, "a.wav"),
        ("wav", 16000, "a.wav"),
        ("s16le", 16000, "a.wav"),
        ("s16le", None, "a.pcm"),
        ("mulaw", 8000, "a.au"),
        ("mulaw", None, "a.ul"),
        ("mp3", None, "a.mp3"),
        ("opus", 48000, "a.opus"),
    ],
)
def test_audio_of_a_generation_is_one_file(
    sandbox: Sandbox, client: deepdub.Client, tmp_path: pathlib.Path, format: str, rate: int, name: str
) -> None:
    speech = client.tts(TEXT, VOICE, format=format, sample_rate=rate)
    speech.save(tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    assert speech.to_file_bytes() == whole
    issue = client.create_issue(**REPORT, problem_audio=speech)
    assert sandbox.issue_audio(issue.id) == whole
    client.update_issue(issue.id, problem_audio=b"RIFF")
    client.update_issue(issue.id, problem_audio=speech)
    assert sandbox.issue_audio(issue.id) == whole


@pytest.mark.parametrize("id", [None, 3, b"iss_1"])
def test_an_id_of_a_wrong_type_is_named(sandbox: Sandbox, client: deepdub.Client, id: object) -> None:
    for call in (client.get_issue, client.update_issue, client.delete_issue):
        with pytest.raises(TypeError, match="argument 'id': str wanted"):
            call(id)
    with pytest.raises(TypeError, match="argument 'problem_word': str wanted"):
        client.create_issue(**{**REPORT, "problem_word": id})
    assert sandbox.requests() == []


def test_what_is_no_audio_is_refused_before_anything_is_sent(
    sandbox: Sandbox, client: deepdub.Client, tmp_path: pathlib.Path
) -> None:
    with pytest.raises(TypeError, match="problem_audio"):
        client.create_issue(**REPORT, problem_audio=3)
    with pytest.raises(voicewire.FileError, match="missing.wav"):
        client.create_issue(**REPORT, problem_audio=tmp_path / "missing.wav")
    with pytest.raises(voicewire.InvalidArgumentError, match="problemAudioFile"):
        client.create_issue(**REPORT, problem_audio=b"")
    with pytest.raises(voicewire.InvalidArgumentError, match="20 MiB"):
        client.create_issue(**REPORT, problem_audio=bytes(20 * 1024 * 1024 + 1))
    with pytest.raises(voicewire.InvalidArgumentError) as caught:
        client.create_issue(**REPORT, problem_seconds=-1)
    assert caught.value.field == "problemSeconds"
    with pytest.raises(voicewire.InvalidArgumentError) as caught:
        client.create_issue(**{**REPORT, "problem_word": " "})
    assert caught.value.field == "problemWord"
    with pytest.raises(TypeError, match="problem_word"):
        client.create_issue(generation_id="x", generated_text="x", voice_prompt_id="x")
    with pytest.raises(TypeError):
        client.create_issue("x", "x", "x", "x")
    assert sandbox.requests() == []


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("http=401", voicewire.UnauthorizedError),
        ("http=402", voicewire.InsufficientCreditsError),
        ("http=422", voicewire.RejectedInputError),
        ("http=429,retry-after=3", voicewire.RateLimitedError),
        ("http=500", voicewire.ServerError),
        ("redirect=https://example.com/", voicewire.ProtocolError),
    ],
)
def test_what_the_service_does_wrong(sandbox: Sandbox, fault: str, kind: type) -> None:
    client = sandbox.client(retries=0)
    sandbox.inject(fault)
    with pytest.raises(voicewire.Error) as caught:
        client.create_issue(**REPORT)
    assert type(caught.value) is kind
    assert caught.value.url == sandbox.deepdub_rest_url + "/issues"
    assert caught.value.retry_after == (3.0 if "retry-after" in fault else None)
    assert sandbox.api_key not in f"{caught.value!r} {vars(caught.value)}"
    assert client.create_issue(**REPORT).id


def test_calls_are_tried_again_as_often_as_asked_for(sandbox: Sandbox) -> None:
    quick = {"retry_first_delay": 0.001, "retry_max_delay": 0}
    with sandbox.client(**quick) as client:
        issue = client.create_issue(**REPORT)
        for _ in range(3):
            sandbox.inject("http=503")
        assert client.get_issue(issue.id) == issue
    with sandbox.client(retries=1, **quick) as client:
        for _ in range(2):
            sandbox.inject("drop")
        with pytest.raises(voicewire.NetworkError, match="tried 2 times") as caught:
            client.get_issue(issue.id)
        assert caught.value.attempts == 2
        sandbox.inject("http=500")
        with pytest.raises(voicewire.ServerError) as caught:
            client.create_issue(**REPORT)
        assert caught.value.attempts == 1, "it may have been filed"
    statuses = [request["status"] for request in sandbox.requests() if request["method"] == "GET"]
    assert statuses == [503, 503, 503, 200, 0, 0]


def test_ids_of_any_kind_stay_one_path_segment(sandbox: Sandbox, client: deepdub.Client) -> None:
    with pytest.raises(voicewire.NotFoundError):
        client.get_issue("../voice?x=é")
    assert sandbox.requests()[-1]["path"].startswith("/api/v1/issues/")
    with pytest.raises(voicewire.InvalidArgumentError):
        client.get_issue("..")


def test_closing_the_client_ends_a_rest_call(sandbox: Sandbox) -> None:
    sandbox.inject("silent")
    with sandbox.client() as client, ThreadPoolExecutor() as pool:
        call = pool.submit(client.get_issue, "iss_1")
        until(asked(sandbox, "GET"))
        client.close()
        assert isinstance(call.exception(PATIENCE), voicewire.CancelledError)
