"""Reports that the client fills in from memory."""

import io
import wave
from pathlib import Path

import pytest

import voicewire
from voicewire import deepdub
from voicewire.sandbox import Sandbox

TEXT = (
    "The quick brown fox jumps over the lazy dog, and then it sleeps. In the morning the dog wakes, looks for the fox, "
    "and finds nothing but a trail in the wet grass."
)
OPTIONS = {"format": "s16le", "sample_rate": 16000}


def clip(sandbox: Sandbox, issue: deepdub.Issue) -> bytes:
    audio = sandbox.issue_audio(issue.id)
    assert audio is not None
    with wave.open(io.BytesIO(audio)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2)
        return file.readframes(file.getnframes())


def test_a_report_is_filled_in_and_has_the_second_where_it_happened(sandbox: Sandbox) -> None:
    with sandbox.client() as client:
        speech = client.tts(TEXT, deepdub.TRIAL_VOICE, **OPTIONS)
        issue = client.report(speech, "fox", problem_seconds=3.0, comments="said twice")
        assert issue.generation_id == speech.generation_id
        assert (issue.generated_text, issue.problem_word, issue.problem_seconds) == (TEXT, "fox", 3.0)
        assert (issue.voice_prompt_id, issue.additional_comments) == (deepdub.TRIAL_VOICE, "said twice")
        assert clip(sandbox, issue) == speech.data[48000:144000]
        issue = client.report(speech.generation_id, "fox", problem_seconds=2.0, clip_seconds=1.0)
        assert clip(sandbox, issue) == speech.data[48000:80000]
        assert clip(sandbox, client.report(speech.summary, "fox")) == speech.data
        assert sandbox.issue_audio(client.report(speech, "fox", clip_seconds=0).id) is None


def test_a_sessions_line_can_be_reported(sandbox: Sandbox) -> None:
    with sandbox.client() as client, client.open_session() as session:
        line = session.speak(TEXT, deepdub.TRIAL_VOICE, **OPTIONS)
        data = b"".join(chunk.data for chunk in line)
        assert clip(sandbox, client.report(line, "dog", problem_seconds=3.0)) == data[48000:144000]


def test_what_is_remembered_can_be_seen(sandbox: Sandbox) -> None:
    with sandbox.client(remember=2) as client:
        speeches = [client.tts(text, deepdub.TRIAL_VOICE, format="wav") for text in ("One.", "Two.", "Three.")]
        last = client.last_generations()
        assert [one.generation_id for one in last] == [speeches[2].generation_id, speeches[1].generation_id]
        one = last[0]
        assert (one.text, one.format, one.sample_rate, one.is_final) == ("Three.", "wav", None, True)
        assert (one.model, one.locale, one.voice_prompt_id) == ("dd-etts-3.0", "en-US", deepdub.TRIAL_VOICE)
        assert one.data == speeches[2].data and one.to_file_bytes() == speeches[2].to_file_bytes()
        assert b"".join(data for _, data in one.chunks) == one.data
        times = [after for after, _ in one.chunks]
        assert times == sorted(times) and times[0] > 0
        assert not one.audio_dropped and one.generation_id in repr(one)
        with pytest.raises(voicewire.InvalidArgumentError) as caught:
            client.report(speeches[0], "One")
        assert caught.value.field == "generationId"


def test_nothing_is_remembered_when_it_is_off(sandbox: Sandbox) -> None:
    with sandbox.client(remember=0) as client:
        speech = client.tts(TEXT, deepdub.TRIAL_VOICE)
        assert client.last_generations() == []
        with pytest.raises(voicewire.InvalidArgumentError):
            client.report(speech, "fox")
    with sandbox.client(remember_bytes=100) as client:
        speech = client.tts(TEXT, deepdub.TRIAL_VOICE)
        assert client.last_generations()[0].audio_dropped
        assert sandbox.issue_audio(client.report(speech, "fox").id) is None


@pytest.mark.parametrize("generation", [None, 7, object()])
def test_only_what_names_a_generation_can_be_reported(sandbox: Sandbox, generation: object) -> None:
    with sandbox.client() as client, pytest.raises(TypeError, match="generation"):
        client.report(generation, "fox")  # type: ignore[arg-type]


def test_a_second_that_there_is_not_is_refused(sandbox: Sandbox) -> None:
    with sandbox.client() as client:
        speech = client.tts(TEXT, deepdub.TRIAL_VOICE)
        with pytest.raises(voicewire.InvalidArgumentError) as caught:
            client.report(speech, "fox", problem_seconds=600)
        assert caught.value.field == "problemSeconds"


def test_a_report_from_memory_can_wait_in_an_outbox(sandbox: Sandbox, tmp_path: Path) -> None:
    with sandbox.client() as client, deepdub.Outbox(tmp_path / "reports") as outbox:
        speech = client.tts(TEXT, deepdub.TRIAL_VOICE, **OPTIONS)
        outbox.report(client, speech, "fox", problem_seconds=2.0, comments="said twice", clip_seconds=1.0)
        assert sandbox.requests()[-1]["path"] != "/api/v1/issues"
        assert outbox.send(client).delivered == 1
        (report,) = outbox.list()
        assert report.generation_id == speech.generation_id and report.issue_id is not None
        issue = client.get_issue(report.issue_id)
        assert (issue.generated_text, issue.additional_comments) == (TEXT, "said twice")
        assert clip(sandbox, issue) == speech.data[48000:80000]
