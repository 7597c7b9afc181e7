"""Decoding while it streams, all at once, and into files."""

import io
import struct
import wave
from pathlib import Path

import pytest
from conftest import TEXT, VOICE

import voicewire
from voicewire import deepdub

FORMATS = ["mp3", "wav", "opus", "mulaw", "s16le"]


@pytest.mark.parametrize("format", FORMATS)
def test_chunks_are_decoded_as_they_come(client: deepdub.Client, format: str) -> None:
    decoder = voicewire.Decoder(format, 16000, output_rate=22050, channels=2)
    assert (decoder.sample_rate, decoder.source_format) == (22050, None)
    pieces = []
    stream = client.stream_tts(TEXT, VOICE, format=format, sample_rate=16000, seed=3)
    for chunk in stream:
        pieces.append(decoder.push(chunk))
    pieces.append(decoder.finish())
    assert all(piece.format == "f" for piece in pieces)
    assert len(pieces[0]) > 0
    samples = [sample for piece in pieces for sample in piece]
    assert samples[0::2] == samples[1::2]
    assert 0.01 < max(samples) <= 1.0
    assert decoder.source_format == format
    assert decoder.source_rate == (48000 if format == "opus" else 16000)
    assert (decoder.sample_rate, decoder.channels, decoder.source_channels) == (22050, 2, 1)
    assert len(samples) / 2 / 22050 == pytest.approx(decoder.seconds, abs=1e-3)
    assert len(decoder.finish()) == 0
    with pytest.raises(voicewire.InvalidArgumentError):
        decoder.push(b"more")


def test_16_bit_samples_come_out_as_they_went_in() -> None:
    data = struct.pack("<4h", 1, -2, 32767, -32768)
    decoder = voicewire.Decoder("s16le", 24000, samples="s16")
    samples = decoder.push(data[:3])
    assert samples.format == "h" and samples.tolist() == [1]
    assert decoder.push(bytearray(data[3:])).tolist() == [-2, 32767, -32768]
    assert bytes(voicewire.decode(data, "s16le", 24000, samples="s16").samples) == struct.pack("=4h", 1, -2, 32767, -32768)


def wav_of(samples: bytes, rate: int = 8000) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, rate, 0, "NONE", ""))
        writer.writeframes(samples)
    return file.getvalue()


def test_what_was_good_comes_before_the_error() -> None:
    good = wav_of(b"\x01\0\x02\0")
    broken = good + good[:12] + b"data\0\0\0\0" + bytes(20)
    decoder = voicewire.Decoder("mp3", samples="s16")
    assert decoder.push(broken).tolist() == [1, 2]
    for call in [lambda: decoder.push(b""), decoder.finish]:
        with pytest.raises(voicewire.BadAudioError) as raised:
            call()
        assert (raised.value.kind, raised.value.audio_byte) == ("bad_audio", len(good) + 12)
        assert raised.value.audio_seconds == pytest.approx(2 / 8000)
    with pytest.raises(voicewire.BadAudioError):
        voicewire.decode(broken, "wav")
    with pytest.raises(voicewire.InvalidArgumentError) as refused:
        decoder = voicewire.Decoder("mulaw")
    assert refused.value.field == "sample_rate" and refused.value.audio_byte is None
    for wrong in [{"output_rate": 0}, {"output_rate": 100}, {"channels": 0}, {"channels": 9}, {"samples": "s24"}]:
        with pytest.raises(voicewire.InvalidArgumentError):
            voicewire.Decoder("mp3", **wrong)


@pytest.mark.parametrize("format", FORMATS)
def test_a_speech_can_be_decoded_and_saved_as_wav(client: deepdub.Client, format: str, tmp_path: Path) -> None:
    speech = client.tts(TEXT, VOICE, format=format, sample_rate=24000, seed=5)
    audio = speech.decode(output_rate=8000, samples="s16")
    assert (audio.sample_rate, audio.channels, len(audio)) == (8000, 1, len(audio.samples))
    assert audio.seconds == pytest.approx(speech.seconds, abs=0.1)
    with wave.open(io.BytesIO(audio.to_wav())) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        assert file.readframes(file.getnframes()) == bytes(audio.samples)
    path = tmp_path / "speech.wav"
    speech.save_wav(path, output_rate=8000)
    assert path.read_bytes() == audio.to_wav()
    with voicewire.AudioFile.decoded(path, format, 24000, output_rate=8000) as file:
        for start in range(0, len(speech.data), 1001):
            file.write(speech.data[start : start + 1001])
    assert path.read_bytes() == audio.to_wav()
    assert voicewire.decode(speech.data, format, 24000, output_rate=8000, samples="s16").to_wav() == audio.to_wav()
    with pytest.raises(voicewire.InvalidArgumentError):
        speech.save_wav(tmp_path / "speech.mp3")


def test_joined_wav_is_one_file_in_memory_too(client: deepdub.Client, tmp_path: Path) -> None:
    speech = client.tts(TEXT, VOICE, format="wav", sample_rate=24000)
    speech.save(tmp_path / "speech.wav")
    assert speech.to_file_bytes() == (tmp_path / "speech.wav").read_bytes()
    assert speech.to_file_bytes()[44:] == speech.samples == bytes(speech.decode(samples="s16").samples)


def test_a_file_of_what_cannot_be_decoded_never_takes_its_name(tmp_path: Path) -> None:
    file = voicewire.AudioFile.decoded(tmp_path / "a.wav", "opus")
    with pytest.raises(voicewire.BadAudioError):
        file.write(b"<html>no audio</html>")
    with pytest.raises(voicewire.BadAudioError):
        file.finish()
    assert list(tmp_path.iterdir()) == []
