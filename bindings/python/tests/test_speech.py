"""Speaking a text: the three forms, the chunks, the options."""

import uuid
from pathlib import Path

import pytest
from conftest import INSTANT, TEXT, VOICE

import voicewire
from voicewire import deepdub
from voicewire.sandbox import Sandbox

FORMATS = ["mp3", "wav", "opus", "mulaw", "s16le"]


@pytest.mark.parametrize("format", FORMATS)
def test_iterator_callback_and_whole_form_give_the_same_bytes(client: deepdub.Client, format: str) -> None:
    options = {"format": format, "seed": 7, "sample_rate": 24000}
    whole = client.tts(TEXT, VOICE, **options)
    iterated = [bytes(chunk) for chunk in client.stream_tts(TEXT, VOICE, **options)]
    called = []
    summary = client.speak(TEXT, VOICE, lambda chunk: called.append(bytes(chunk)), **options)
    assert len(iterated) > 2
    assert iterated == called
    assert b"".join(iterated) == whole.data == bytes(whole)
    assert (summary.chunks, summary.bytes) == (whole.summary.chunks, whole.summary.bytes)


def test_another_seed_gives_other_audio(client: deepdub.Client) -> None:
    assert client.tts(TEXT, VOICE, seed=1).data != client.tts(TEXT, VOICE, seed=2).data


def test_chunks_say_what_they_are(client: deepdub.Client) -> None:
    stream = client.stream_tts(TEXT, VOICE, format="wav")
    chunks = list(stream)
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    assert [chunk.is_final for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    first = chunks[0]
    assert first.generation_id == stream.generation_id == str(uuid.UUID(stream.generation_id))
    assert first.format == "wav"
    assert len(first) == len(first.data) > 44
    assert bytes(first) is first.data
    assert first.data[:4] == b"RIFF"
    assert first.samples == first.data[first.data.index(b"data") + 8 :]
    assert repr(first) == f"<voicewire.deepdub.Chunk 0: {len(first)} bytes of wav>"
    assert repr(chunks[-1]).endswith(", the last>")


@pytest.mark.parametrize("format", ["mulaw", "s16le"])
def test_raw_formats_are_all_samples(client: deepdub.Client, format: str) -> None:
    speech = client.tts(TEXT, VOICE, format=format, sample_rate=8000)
    assert speech.samples == speech.data
    for chunk in client.stream_tts(TEXT, VOICE, format=format):
        assert chunk.samples is chunk.data


@pytest.mark.parametrize("format", ["mp3", "opus"])
def test_compressed_formats_have_no_samples(client: deepdub.Client, format: str) -> None:
    assert client.tts(TEXT, VOICE, format=format).samples == b""
    assert {chunk.samples for chunk in client.stream_tts(TEXT, VOICE, format=format)} == {b""}


def test_an_empty_last_chunk_is_handed_out(sandbox: Sandbox, client: deepdub.Client) -> None:
    sandbox.inject("empty-final")
    last = list(client.stream_tts(TEXT, VOICE))[-1]
    assert last.is_final and len(last) == 0 and last.data == b"" and last.samples == b""


def test_summary_says_what_it_came_to(client: deepdub.Client) -> None:
    stream = client.stream_tts(TEXT, VOICE, format="wav")
    before = stream.summary
    assert (before.chunks, before.bytes, before.first_chunk_seconds) == (0, 0, None)
    chunks = list(stream)
    summary = stream.summary
    assert summary.chunks == len(chunks)
    assert summary.bytes == sum(map(len, chunks))
    assert summary.duplicates == 0
    assert summary.format == "wav"
    assert summary.generation_id == stream.generation_id
    assert summary.first_chunk_seconds is not None
    assert 0 < summary.connect_seconds < summary.first_chunk_seconds <= summary.total_seconds
    assert stream.summary.total_seconds == summary.total_seconds
    assert stream.generation_id in repr(summary)
    assert f"{len(chunks)} chunks" in repr(stream)


def test_duplicates_are_dropped_and_counted(sandbox: Sandbox, client: deepdub.Client) -> None:
    whole = client.tts(TEXT, VOICE, seed=1)
    sandbox.inject("duplicate=1")
    speech = client.tts(TEXT, VOICE, seed=1)
    assert speech.data == whole.data
    assert speech.summary.duplicates == 1


def test_every_option_reaches_the_service_in_its_own_words(sandbox: Sandbox, client: deepdub.Client) -> None:
    generation_id = str(uuid.uuid4())
    client.tts(
        TEXT,
        VOICE,
        model="dd-etts-2.5",
        locale="fr-FR",
        format="wav",
        generation_id=generation_id,
        sample_rate=16000,
        tempo=1.25,
        variance=0.25,
        temperature=0.75,
        seed=-3,
        prompt_boost=True,
        super_stretch=False,
        realtime=True,
        clean_audio=False,
        auto_gain=True,
        accent_base_locale="en-US",
        accent_locale="fr-FR",
        accent_ratio=0.5,
        performance_reference_prompt_id="prompt",
    )
    assert sandbox.requests()[-1]["body"] == {
        "action": "text-to-speech",
        "targetText": TEXT,
        "voicePromptId": VOICE,
        "model": "dd-etts-2.5",
        "locale": "fr-FR",
        "format": "wav",
        "generationId": generation_id,
        "sampleRate": 16000,
        "tempo": 1.25,
        "variance": 0.25,
        "temperature": 0.75,
        "seed": -3,
        "promptBoost": True,
        "superStretch": False,
        "realtime": True,
        "cleanAudio": False,
        "autoGain": True,
        "accentControl": {"accentBaseLocale": "en-US", "accentLocale": "fr-FR", "accentRatio": 0.5},
        "performanceReferencePromptId": "prompt",
    }


def test_none_leaves_an_option_to_the_service(sandbox: Sandbox, client: deepdub.Client) -> None:
    speech = client.tts(TEXT, VOICE, model=None, format=None, tempo=None, seed=None, clean_audio=None)
    body = sandbox.requests()[-1]["body"]
    assert sorted(body) == ["action", "format", "generationId", "locale", "model", "targetText", "voicePromptId"]
    assert (body["format"], body["model"], body["locale"]) == ("mp3", "dd-etts-3.0", "en-US")
    assert speech.format == "mp3"


def test_target_duration_sets_the_length(client: deepdub.Client) -> None:
    speech = client.tts(TEXT, VOICE, format="wav", target_duration=2)
    assert speech.seconds == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"format": "flac"}, "format"),
        ({"generation_id": "mine"}, "generationId"),
        ({"sample_rate": 44000}, "sampleRate"),
        ({"sample_rate": -1}, "sample_rate"),
        ({"seed": 1 << 70}, "seed"),
        ({"tempo": 2.5}, "tempo"),
        ({"variance": float("nan")}, "variance"),
        ({"temperature": -0.1}, "temperature"),
        ({"tempo": 1.0, "target_duration": 3.0}, "targetDuration"),
        ({"accent_locale": "fr-FR", "accent_ratio": 0.5}, "accentControl.accentBaseLocale"),
    ],
)
def test_bad_options_are_refused_before_anything_is_sent(
    sandbox: Sandbox, client: deepdub.Client, options: dict, field: str
) -> None:
    for call in (client.tts, client.stream_tts, lambda *a, **o: client.speak(*a, print, **o)):
        with pytest.raises(voicewire.InvalidArgumentError) as caught:
            call(TEXT, VOICE, **options)
        assert caught.value.field == field
    assert sandbox.requests() == []


def test_wrong_types_and_unknown_options_are_type_errors(client: deepdub.Client) -> None:
    with pytest.raises(TypeError, match="tempo"):
        client.tts(TEXT, VOICE, tempo="fast")
    with pytest.raises(TypeError, match="unexpected keyword argument 'speed'"):
        client.tts(TEXT, VOICE, speed=2)
    with pytest.raises(TypeError, match="unexpected keyword argument 'speed'"):
        client.tts(TEXT, VOICE, speed=None)
    for call in (client.tts, client.stream_tts, lambda *a: client.speak(*a, print)):
        for wrong in (b"bytes", None, 3):
            with pytest.raises(TypeError, match="argument 'text': str wanted"):
                call(wrong, VOICE)
            with pytest.raises(TypeError, match="argument 'voice_prompt_id': str wanted"):
                call(TEXT, wrong)
    for no_unicode in (
        lambda: client.tts("\ud800", VOICE),
        lambda: client.tts(TEXT, "\ud800"),
        lambda: client.tts(TEXT, VOICE, locale="en\udcff"),
    ):
        with pytest.raises(voicewire.InvalidArgumentError, match="surrogate") as caught:
            no_unicode()
        assert caught.value.field in ("text", "voice_prompt_id", "locale")
    with pytest.raises(TypeError):
        client.tts(TEXT, VOICE, "dd-etts-3.0")


@pytest.mark.parametrize(
    ("format", "name", "magic"),
    [
        ("wav", "a.wav", b"RIFF"),
        ("s16le", "a.wav", b"RIFF"),
        ("mulaw", "a.au", b".snd"),
        ("opus", "a.opus", b"OggS"),
        ("mp3", "a.mp3", b"\xff"),
    ],
)
def test_saved_speech_is_one_file(
    client: deepdub.Client, tmp_path: Path, format: str, name: str, magic: bytes
) -> None:
    speech = client.tts(TEXT, VOICE, format=format, sample_rate=16000)
    for path in (tmp_path / name, str(tmp_path / ("b" + name))):
        speech.save(path)
        data = Path(path).read_bytes()
        assert data.startswith(magic)
        if speech.samples:
            assert data.count(magic) == 1
            assert data.endswith(speech.samples)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "b" + name])


def test_saving_needs_a_sample_rate_that_is_known(client: deepdub.Client, tmp_path: Path) -> None:
    speech = client.tts(TEXT, VOICE, format="s16le")
    with pytest.raises(voicewire.InvalidArgumentError, match="sample_rate is not given"):
        speech.save(tmp_path / "a.wav")
    speech.save(tmp_path / "a.wav", sample_rate=48000)
    assert (tmp_path / "a.wav").read_bytes()[24:28] == (48000).to_bytes(4, "little")
    with pytest.raises(voicewire.InvalidArgumentError, match="mp3"):
        speech.save(tmp_path / "a.mp3", sample_rate=48000)


@pytest.mark.parametrize(("format", "name"), [("s16le", "a.pcm"), ("mulaw", "a.ul"), ("mulaw", "a.MULAW")])
def test_bare_samples_need_no_sample_rate(client: deepdub.Client, tmp_path: Path, format: str, name: str) -> None:
    speech = client.tts(TEXT, VOICE, format=format)
    assert speech.seconds is None
    assert repr(speech).endswith(f": {len(speech)} bytes of {format}>")
    speech.save(tmp_path / name)
    assert (tmp_path / name).read_bytes() == speech.data
    for ending in ("WAV",) if format == "s16le" else ("au", "SND"):
        with pytest.raises(voicewire.InvalidArgumentError, match="sample_rate is not given"):
            speech.save(tmp_path / f"b.{ending}")


@pytest.mark.parametrize("format", FORMATS)
def test_seconds_are_known_with_a_sample_rate(client: deepdub.Client, format: str) -> None:
    assert client.tts(TEXT, VOICE, format=format, sample_rate=8000).seconds > 0


def test_speech_says_what_it_is(client: deepdub.Client) -> None:
    speech = client.tts(TEXT, VOICE, format="wav", sample_rate=16000)
    assert speech.generation_id == speech.summary.generation_id
    assert len(speech) == len(speech.data) == speech.summary.bytes
    assert speech.seconds == len(speech.samples) / 2 / 16000
    assert repr(speech) == (
        f"<voicewire.deepdub.Speech {speech.generation_id}: {speech.seconds:.2f} s, {len(speech)} bytes of wav>"
    )


def test_text_of_any_script_is_spoken(client: deepdub.Client) -> None:
    assert client.tts("שלום 👋 мир\nzwei", VOICE).seconds > 0


def test_a_long_text_comes_whole() -> None:
    with Sandbox(**INSTANT) as sandbox, sandbox.client() as client:
        speech = client.tts(TEXT * 10, VOICE, format="s16le", sample_rate=8000)
        assert speech.summary.chunks == sandbox.generations()[0]["chunks"] > 20
