"""Files written chunk by chunk."""

import wave
from pathlib import Path

import pytest
from conftest import TEXT, VOICE

import voicewire
from voicewire import deepdub


def names(folder: Path) -> list:
    return [path.name for path in folder.iterdir()]


def test_wav_chunks_become_one_file(client: deepdub.Client, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    samples = b""
    with voicewire.AudioFile(path, "wav", 8000) as file:
        for chunk in client.stream_tts(TEXT, VOICE, format="wav", sample_rate=16000):
            file.write(chunk)
            samples += chunk.samples
        assert file.path == path
        assert file.format == "wav"
        assert file.seconds == len(samples) / 2 / 16000
        assert "being written" in repr(file)
        assert path.name not in names(tmp_path)
    assert file.seconds == len(samples) / 2 / 16000
    assert repr(file).endswith("finished>")
    with wave.open(str(path)) as read:
        assert (read.getnchannels(), read.getsampwidth(), read.getframerate()) == (1, 2, 16000)
        assert read.readframes(read.getnframes()) == samples
    assert names(tmp_path) == ["a.wav"]


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_of_any_kind_are_written(tmp_path: Path, kind: type) -> None:
    with voicewire.AudioFile(str(tmp_path / "a.pcm"), "s16le", 8000) as file:
        file.write(kind(b"\x01\x02\x03\x04"))
    assert (tmp_path / "a.pcm").read_bytes() == b"\x01\x02\x03\x04"
    assert file.seconds == 2 / 8000


def test_an_exception_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.pcm"
    path.write_bytes(b"before")
    with pytest.raises(ZeroDivisionError):
        with voicewire.AudioFile(path, "s16le", 8000) as file:
            file.write(bytes(16000))
            raise ZeroDivisionError
    assert path.read_bytes() == b"before"
    assert names(tmp_path) == ["a.pcm"]
    assert file.seconds == 1.0


def test_a_file_that_is_dropped_leaves_nothing(tmp_path: Path) -> None:
    file = voicewire.AudioFile(tmp_path / "a.pcm", "s16le", 8000)
    file.write(b"1234")
    del file
    assert names(tmp_path) == []


@pytest.mark.parametrize(("format", "other"), [("wav", "s16le"), ("s16le", "wav"), ("s16le", "mp3")])
def test_a_chunk_of_another_format_is_refused(
    client: deepdub.Client, tmp_path: Path, format: str, other: str
) -> None:
    chunks = {name: next(client.stream_tts(TEXT, VOICE, format=name, sample_rate=8000)) for name in (format, other)}
    with voicewire.AudioFile(tmp_path / "a.wav", format, 8000) as file:
        with pytest.raises(voicewire.InvalidArgumentError, match=f"'{other}' in this chunk") as caught:
            file.write(chunks[other])
        assert caught.value.field == "format"
        file.write(chunks[format])
    assert (tmp_path / "a.wav").read_bytes()[44:] == chunks[format].samples


def test_finish_is_once_and_for_all(tmp_path: Path) -> None:
    with voicewire.AudioFile(tmp_path / "a.ul", "mulaw", 8000) as file:
        file.write(bytes(8000))
        file.finish()
        assert names(tmp_path) == ["a.ul"]
        file.finish()
        with pytest.raises(ValueError, match="finished"):
            file.write(b"more")
    assert (tmp_path / "a.ul").stat().st_size == 8000


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    for path, format, rate in [("a.mp3", "wav", 8000), ("a.wav", "flac", 8000), ("a.wav", "wav", 0)]:
        with pytest.raises(voicewire.InvalidArgumentError):
            voicewire.AudioFile(tmp_path / path, format, rate)
    with pytest.raises(voicewire.FileError):
        voicewire.AudioFile(tmp_path / "missing" / "a.wav", "wav", 8000)
    with voicewire.AudioFile(tmp_path / "a.wav", "wav", 8000) as file:
        with pytest.raises(TypeError):
            file.write("text")
    assert names(tmp_path) == ["a.wav"]


@pytest.mark.parametrize(
    ("name", "format"),
    [("a.wav", "wav"), ("A.MP3", "mp3"), ("a.opus", "opus"), ("a.ogg", "opus"), ("a.au", "mulaw"), ("a.ul", "mulaw"),
     ("a.pcm", "s16le")],
)  # fmt: skip
def test_the_ending_chooses_the_format(name: str, format: str) -> None:
    assert voicewire.format_for_path(name) == voicewire.format_for_path(Path("folder", name)) == format


def test_unknown_endings_are_refused() -> None:
    with pytest.raises(voicewire.InvalidArgumentError, match=r"\.wav"):
        voicewire.format_for_path("a.txt")
