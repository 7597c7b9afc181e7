"""Deepdub's REST calls: speech as an answer's body, voices, gender, usage, capacity; and every endpoint of the table."""

import array
import datetime
import io
import json
import math
import threading
import wave
from pathlib import Path
from typing import Iterator

import pytest
from conftest import INSTANT, TEXT, VOICE, asked, until

import voicewire
from voicewire import deepdub
from voicewire.sandbox import Sandbox

MODEL = "dd-etts-3.0"
TABLE = Path(__file__).parents[3] / "tests" / "endpoints.json"


def sample(pitch: float = 110.0, seconds: float = 0.5) -> bytes:
    """A voice of that pitch, as a WAV file."""
    rate = 16000
    steps = [2 * math.pi * pitch * n / rate for n in range(int(seconds * rate))]
    values = array.array("h", [int(8000 * sum(math.sin(k * step) / k for k in range(1, 9))) for step in steps])
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(values.tobytes())
    return file.getvalue()


@pytest.fixture
def hasty(sandbox: Sandbox) -> Iterator[deepdub.Client]:
    """One that tries nothing again."""
    with sandbox.client(retries=0) as client:
        yield client


def test_every_endpoint_of_the_table_is_called(sandbox: Sandbox, client: deepdub.Client, tmp_path: Path) -> None:
    if not TABLE.exists():
        pytest.skip("the project's table is not here")
    file = tmp_path / "me.wav"
    file.write_bytes(sample())
    assert b"".join(chunk.data for chunk in client.post_tts(TEXT, VOICE))
    client.tts_retroactive(TEXT, VOICE)
    voice = client.upload_voice(file)
    client.list_voices()
    client.get_voice(voice)
    client.update_voice(voice)
    client.delete_voice(voice)
    client.classify_gender(file)
    client.classify_gender_upload(file)
    client.usage("2026-01-01", "2026-12-31")
    client.usage_by_model("2026-01-01", "2026-12-31")
    client.capacities([MODEL])
    client.capacity(MODEL)
    client.set_capacity(MODEL, 3)
    issue = client.create_issue(generation_id="x", generated_text=TEXT, problem_word="fox", voice_prompt_id=VOICE).id
    client.get_issue(issue)
    client.update_issue(issue)
    client.delete_issue(issue)
    called = {(request["method"], request["path"]) for request in sandbox.requests() if request["status"] // 100 == 2}
    rows = [row for row in json.loads(TABLE.read_text()) if row["service"] == "deepdub"]
    assert len(rows) == 18
    for row in rows:
        path = row["path"].replace("{prompt_id}", voice).replace("{id}", issue).replace("{model_id}", MODEL)
        assert (row["method"], path) in called, row


@pytest.mark.parametrize("format", ["mp3", "opus", "mulaw"])
def test_what_is_posted_is_the_audio_of_the_websocket(client: deepdub.Client, format: voicewire.Format) -> None:
    options = {"format": format, "seed": 7, "sample_rate": 16000}
    heard = client.tts(TEXT, VOICE, **options).data
    with client.post_tts(TEXT, VOICE, **options) as stream:
        chunks = list(stream)
    assert b"".join(chunk.data for chunk in chunks) == heard
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    assert [chunk.is_final for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert {chunk.format for chunk in chunks} == {format}
    summary = stream.summary
    assert (summary.bytes, summary.chunks, summary.retries) == (len(heard), len(chunks) - 1, 0)
    assert summary.first_chunk_seconds is not None and summary.first_chunk_seconds <= summary.total_seconds
    assert {chunk.generation_id for chunk in chunks} == {stream.generation_id, summary.generation_id}
    report = client.report(stream, "fox", problem_seconds=0.2) if format != "mulaw" else client.report(stream, "fox")
    assert report.generated_text == TEXT


def test_what_only_rest_takes_is_sent(sandbox: Sandbox, client: deepdub.Client) -> None:
    list(client.post_tts(TEXT, VOICE, voice_reference=b"\0\1\2\xfa", publish=False, tempo=1.5))
    body = sandbox.requests()[-1]["body"]
    assert (body["voiceReference"], body["publish"], body["tempo"]) == ("AAEC+g==", False, 1.5)
    list(client.post_tts(TEXT, VOICE))
    assert not {"voiceReference", "publish", "action"} & set(sandbox.requests()[-1]["body"])


def test_a_body_that_breaks_off_is_an_error_and_stays_one(hasty: deepdub.Client) -> None:
    had = 0
    with hasty.post_tts(TEXT, "fault:drop,after=2") as stream:
        with pytest.raises((voicewire.ClosedError, voicewire.NetworkError)) as caught:
            for chunk in stream:
                assert not chunk.is_final
                had += len(chunk)
        assert had > 0 and caught.value.bytes_received == had
        assert caught.value.generation_id == stream.generation_id
        with pytest.raises(type(caught.value)):
            next(stream)


def test_a_stream_is_stopped_from_another_thread_and_by_its_token(sandbox: Sandbox, hasty: deepdub.Client) -> None:
    token = voicewire.CancelToken()
    stream = hasty.post_tts(TEXT, "fault:stall,after=1", cancel=token)
    assert len(next(stream)) > 0
    # What is left of the first piece may still come.
    thread = threading.Thread(target=token.cancel)
    thread.start()
    with pytest.raises(voicewire.CancelledError):
        list(stream)
    thread.join()
    before = len(sandbox.requests())
    with pytest.raises(voicewire.CancelledError):
        hasty.post_tts(TEXT, VOICE, cancel=token)
    assert len(sandbox.requests()) == before
    other = hasty.post_tts(TEXT, "fault:stall,after=1")
    next(other)
    other.close()
    with pytest.raises(voicewire.CancelledError):
        next(other)


def test_refusals_are_the_services(sandbox: Sandbox, hasty: deepdub.Client) -> None:
    for fault, error, status in [
        ("http=401", voicewire.UnauthorizedError, 401),
        ("http=402", voicewire.InsufficientCreditsError, 402),
        ("http=429,retry-after=7", voicewire.RateLimitedError, 429),
        ("http=500", voicewire.ServerError, 500),
    ]:
        for call in (
            lambda: hasty.post_tts(TEXT, VOICE),
            lambda: hasty.tts_retroactive(TEXT, VOICE),
            hasty.list_voices,
            lambda: hasty.classify_gender(sample()),
            lambda: hasty.usage("2026-01-01", "2026-01-02"),
            lambda: hasty.capacity(MODEL),
        ):
            sandbox.inject(fault)
            with pytest.raises(error) as caught:
                call()
            assert caught.value.http_status == status
            assert caught.value.retry_after == (7.0 if status == 429 else None)


def test_a_busy_service_is_asked_again(sandbox: Sandbox) -> None:
    with sandbox.client(retry_first_delay=0.001) as client:
        sandbox.inject("http=429")
        stream = client.post_tts(TEXT, VOICE)
        assert list(stream)[-1].is_final and stream.summary.retries == 1
        sandbox.inject("http=500")
        with pytest.raises(voicewire.ServerError):
            client.post_tts(TEXT, VOICE)


def test_a_request_that_cannot_be_is_refused_before_anything_is_sent(sandbox: Sandbox, client: deepdub.Client) -> None:
    for field, call in {
        "format": lambda: client.post_tts(TEXT, VOICE, format="wav"),  # type: ignore[arg-type]
        "targetText": lambda: client.post_tts("", VOICE),
        "voiceReference": lambda: client.post_tts(TEXT, VOICE, voice_reference=b""),
        "tempo": lambda: client.tts_retroactive(TEXT, VOICE, tempo=3),
        "limit": lambda: client.list_voices(0),
        "id": lambda: client.get_voice(".."),
        "filename": lambda: client.upload_voice(sample()),
        "age": lambda: client.upload_voice(sample(), filename="x", age=-1),
        "audio": lambda: client.classify_gender(b""),
        "url": lambda: client.classify_gender_at(" "),
        "from_day": lambda: client.usage("May", "2026-05-01"),
        "to_day": lambda: client.usage_by_model("2026-05-02", "2026-05-01"),
        "model_id": lambda: client.capacity("batch"),
        "size": lambda: client.set_capacity(MODEL, -1),
        "model_ids": lambda: client.capacities([]),
    }.items():
        with pytest.raises(voicewire.InvalidArgumentError) as caught:
            call()
        assert caught.value.field == field
    with pytest.raises(voicewire.InvalidArgumentError) as caught:
        client.upload_voice(b"", filename="x")
    assert caught.value.field == "audio"
    for id in ("", " ", ".", "..", "x" * 2000):
        for refused in (client.get_voice, client.delete_voice, client.update_voice, client.capacity):
            with pytest.raises(voicewire.InvalidArgumentError):
                refused(id)
    for missing in (
        lambda: client.upload_voice("/no/such/file"),
        lambda: client.classify_gender_upload("/no/such/file"),
        lambda: client.post_tts(TEXT, VOICE, voice_reference=Path("/no/such/file")),
    ):
        with pytest.raises(voicewire.FileError):
            missing()
    for wrong in (
        lambda: client.post_tts(TEXT, VOICE, speed=3),  # type: ignore[call-arg]
        lambda: client.post_tts(TEXT, VOICE, voice_reference=3),  # type: ignore[arg-type]
        lambda: client.get_voice(3),  # type: ignore[arg-type]
        lambda: client.capacities("abc"),
        lambda: client.usage(20260501, "2026-05-01"),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError):
            wrong()
    assert sandbox.requests() == []


def test_a_sample_that_is_too_large_is_not_read(sandbox: Sandbox, client: deepdub.Client, tmp_path: Path) -> None:
    large = tmp_path / "large.wav"
    with large.open("wb") as file:
        file.truncate(1 << 40)
    for call in (client.upload_voice, client.classify_gender):
        with pytest.raises(voicewire.InvalidArgumentError, match="20 MiB"):
            call(large)
    assert sandbox.requests() == []


def test_a_voice_lives_from_its_upload_to_its_deletion(client: deepdub.Client) -> None:
    known = client.list_voices()
    id = client.upload_voice(
        sample(),
        filename="me.wav",
        title="Narrator",
        text="Grüße",
        locale="de-DE",
        gender="NON_BINARY",
        age=35,
        speaking_style="Calm",
        speaker_id="speaker 7",
        publish=False,
    )
    voice = client.get_voice(id)
    assert (voice.id, voice.title, voice.text, voice.locale) == (id, "Narrator", "Grüße", "de-DE")
    assert (voice.gender, voice.speaking_style, voice.speaker_id) == ("NON_BINARY", "Calm", "speaker 7")
    assert voice.created_at is not None and voice.extra == {}
    assert client.list_voices() == [*known, voice] and client.list_voices(2) == known[:2]
    assert hash(voice) == hash(client.get_voice(id)) and id in repr(voice)
    assert json.loads(json.dumps(voice.to_dict()))["speakerId"] == "speaker 7"
    changed = client.update_voice(id, name="Teller", gender="FEMALE")
    assert (changed.name, changed.gender, changed.locale) == ("Teller", "FEMALE", "de-DE")
    assert changed != voice
    assert client.delete_voice(id) == "Voice prompt deleted"
    for call in (client.get_voice, client.delete_voice, client.update_voice):
        with pytest.raises(voicewire.NotFoundError):
            call(id)
    with pytest.raises(voicewire.RejectedInputError, match="Invalid audio data"):
        client.upload_voice(b"no audio", filename="x.wav")


def test_what_the_service_says_besides_is_kept(sandbox: Sandbox, client: deepdub.Client) -> None:
    sandbox.inject("extra,unknown-values")
    for voice in client.list_voices():
        assert voice.extra and voice.gender not in (None, "MALE", "FEMALE", "NON_BINARY")


def test_a_speaker_is_classified_in_all_ways(client: deepdub.Client, tmp_path: Path) -> None:
    for pitch, gender in [(110.0, "male"), (230.0, "female")]:
        data = sample(pitch, 1.5)
        file = tmp_path / "me.wav"
        file.write_bytes(data)
        by_data, by_upload = client.classify_gender(data), client.classify_gender_upload(str(file))
        live = [client.classify_gender_live(file), client.classify_gender_live(memoryview(data))]
        assert by_data.duration_seconds == by_upload.duration_seconds == 1.5
        for one in [by_data, by_upload, *live]:
            assert one.predicted_gender == gender
            assert one.confidence is not None and one.confidence > 0.9
            assert one.female is not None and one.male is not None and max(one.female, one.male) == one.confidence
        assert live[0].duration_seconds == 1.0
    speech = client.tts(TEXT, VOICE, format="mp3")
    assert client.classify_gender_live(speech).duration_seconds == 1.0
    for format in ("s16le", "mulaw"):
        speech = client.tts(TEXT, VOICE, format=format, sample_rate=16000)
        length = client.classify_gender(speech).duration_seconds
        assert length is not None and abs(length - len(speech.data) / (32000 if format == "s16le" else 16000)) < 0.01
        assert client.classify_gender_live(speech).duration_seconds == 1.0
        assert client.get_voice(client.upload_voice(speech, filename="speech.wav")).id
        bare = client.tts(TEXT, VOICE, format=format)
        for call in (client.classify_gender, client.classify_gender_live):
            with pytest.raises(voicewire.InvalidArgumentError, match="generated with a sample_rate") as caught:
                call(bare)
            assert caught.value.field == "audio"
            with pytest.raises(voicewire.Error):
                call(bytes(bare.data))
    with pytest.raises(voicewire.BadAudioError, match="bare samples need a WAV header"):
        client.classify_gender_live(bytes(range(256)) * 100)
    url = client.tts_retroactive(TEXT, VOICE, format="wav")
    duration = client.classify_gender_at(url).duration_seconds
    assert duration is not None and duration > 1.0


def test_what_is_no_audio_cannot_be_classified(client: deepdub.Client, tmp_path: Path) -> None:
    text = tmp_path / "text.wav"
    text.write_text("This is a text, and no audio at all, however long it is listened to.")
    with pytest.raises(voicewire.BadAudioError):
        client.classify_gender_live(text)
    for call in (client.classify_gender, client.classify_gender_upload):
        with pytest.raises(voicewire.RejectedInputError, match="Bad request: "):
            call(text)


def test_the_usage_is_what_was_spoken(client: deepdub.Client) -> None:
    list(client.post_tts(TEXT, VOICE, format="mulaw", target_duration=3))
    today = datetime.datetime.now(datetime.timezone.utc).date()
    day = datetime.timedelta(days=1)
    usage = client.usage(today - day, today + day)
    assert usage.from_day == str(today - day) and usage.to_day == str(today + day)
    noon = datetime.datetime.combine(today, datetime.time(12))
    assert client.usage(noon - day, noon + day).from_day == usage.from_day
    (row,) = usage.items
    assert row.model_id == MODEL and row.region is not None and row.customer_id == usage.customer_id
    assert row.usage_seconds_times_size == pytest.approx(3.0, abs=0.01)
    assert row.concurrency_hours == pytest.approx(3.0 / 3600, abs=1e-4)
    assert row.average_size is not None and row.date is not None
    (model,) = client.usage_by_model(str(today - day), str(today + day), region=row.region).items
    assert (model.model_id, model.region, model.days_with_usage) == (MODEL, row.region, 1)
    assert model.total_usage_seconds_times_size == pytest.approx(3.0, abs=0.01)
    assert model.total_concurrency_hours is not None and model.average_instances_over_range is not None
    assert client.usage(today - day, today + day, model_id="dd-etts-2.5").items == []


def test_capacity_is_read_and_set_by_model(client: deepdub.Client) -> None:
    assert client.set_capacity(MODEL, 7).desired_concurrent_connections == 7
    capacity = client.capacity(MODEL)
    assert (capacity.desired_concurrent_connections, capacity.concurrent_connections) == (7, 0)
    both = client.capacities((MODEL, "dd-etts-2.5"))
    assert [one.model_id for one in both] == [MODEL, "dd-etts-2.5"]
    for call in (client.capacity, lambda model: client.set_capacity(model, 1)):
        with pytest.raises(voicewire.NotFoundError):
            call("gpt")
    with pytest.raises(TypeError, match="a list of str wanted"):
        client.capacities(MODEL)
    for size in (-1, 2**32, 2**63, 2**200):
        with pytest.raises(voicewire.InvalidArgumentError) as caught:
            client.set_capacity(MODEL, size)
        assert caught.value.field == "size"


def test_a_call_on_another_thread_ends_with_its_token(sandbox: Sandbox, client: deepdub.Client) -> None:
    token = voicewire.CancelToken()
    raised = []

    def wait() -> None:
        with pytest.raises(voicewire.CancelledError) as caught:
            client.list_voices(cancel=token)
        raised.append(caught.value)

    sandbox.inject("silent")
    thread = threading.Thread(target=wait)
    thread.start()
    until(asked(sandbox, "GET"))
    token.cancel()
    thread.join()
    assert len(raised) == 1


def test_a_region_has_addresses_of_its_own() -> None:
    with deepdub.Client("dd-0123456789abcdef", region="eu") as client:
        assert "wss://wsapi.eu.deepdub.ai/open" in repr(client)
        assert "https://restapi.eu.deepdub.ai/api/v1" in repr(client)
