"""Pages of real text, a dozen requests, in every format: C, Python and Rust leave the same bytes, and other people's
decoders take them without a warning.

Run by tests/run under a sandbox; VOICEWIRE_SAY_C and VOICEWIRE_SAY_RUST name the programs.
"""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

PARAGRAPHS = (pathlib.Path(__file__).parent / "alice.txt").read_text(encoding="utf-8").strip().split("\n\n")
ENDINGS = ["wav", "mp3", "opus", "au", "pcm"]


def environment(name):
    value = os.environ.get(name)
    return value or pytest.skip(f"{name} is not set: run by tests/run")


def say(program, text, path, seed):
    subprocess.run([*program, text, "-o", str(path), "--seed", str(seed)], check=True, capture_output=True)
    return path.read_bytes()


@pytest.fixture(scope="module")
def programs():
    return {
        "c": [environment("VOICEWIRE_SAY_C")],
        "rust": [environment("VOICEWIRE_SAY_RUST")],
        "python": [sys.executable, "-m", "voicewire", "say"],
    }


def test_there_are_pages_of_it():
    assert len(PARAGRAPHS) == 12 and sum(map(len, PARAGRAPHS)) > 3000


@pytest.mark.parametrize("ending", ENDINGS)
def test_three_languages_leave_the_same_bytes(programs, ending, tmp_path):
    for number, text in enumerate(PARAGRAPHS):
        heard = {
            language: say(program, text, tmp_path / f"{number}-{language}.{ending}", seed=number)
            for language, program in programs.items()
        }
        assert len(heard["c"]) > 1000
        assert heard["c"] == heard["rust"] == heard["python"], f"paragraph {number} in {ending}"
    decode_without_a_warning(tmp_path, ending)


def decode_without_a_warning(folder, ending):
    """Each file whole, and as long as its text takes to say."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("the bytes are the same; ffmpeg is not installed, so nobody decoded them")
    # Of bare samples ffmpeg always says that it has to guess their length: only errors count there.
    bare = ending == "pcm"
    raw = ["-f", "s16le", "-ar", "48000", "-ac", "1"] if bare else []
    lengths = []
    for number in range(len(PARAGRAPHS)):
        path = folder / f"{number}-c.{ending}"
        command = ["ffmpeg", "-hide_banner", "-v", "error" if bare else "warning", *raw, "-i", path, "-f", "s16le", "-ar", "8000", "-"]
        run = subprocess.run(command, capture_output=True, check=True)
        # Said of every mono PCM file, ffmpeg's own included: the container has no place for it.
        said = [line for line in run.stderr.decode().splitlines() if not line.startswith("Guessed Channel Layout")]
        assert said == [], path.name
        lengths.append(len(run.stdout) / 16000)
    for text, seconds in zip(PARAGRAPHS, lengths):
        # Nobody speaks slower than 8 or faster than 30 characters a second.
        assert len(text) / 30 < seconds < len(text) / 8, f"{seconds} s for {len(text)} characters"
