"""The examples: they run as they are, with no account."""

import re
import subprocess
import sys
import wave
from array import array
from pathlib import Path

import pytest
from conftest import INSTANT, PATIENCE, assert_whole

from voicewire import deepdub
from voicewire.sandbox import Sandbox

EXAMPLES = Path(__file__).parents[3] / "examples" / "python"
pytestmark = pytest.mark.skipif(not EXAMPLES.exists(), reason="the project's examples are not here")


def run(tmp_path: Path, name: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-X", "dev", str(EXAMPLES / name), *arguments], cwd=tmp_path, stderr=subprocess.PIPE,
        text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr


def seconds(file: Path) -> float:
    """Of 16-bit samples in one WAV file, about."""
    rate = int.from_bytes(file.read_bytes()[24:28], "little")
    return file.stat().st_size / (2 * rate)


def test_three_speak_and_one_is_interrupted(tmp_path: Path) -> None:
    said = run(tmp_path, "session.py")
    assert "merchant was interrupted" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["crow.wav", "guard.wav", "merchant.wav"]
    assert 1.0 <= seconds(tmp_path / "merchant.wav") < 3.0 < seconds(tmp_path / "guard.wav")


def test_audio_comes_before_the_model_has_finished(tmp_path: Path) -> None:
    said = run(tmp_path, "llm.py")
    assert said.index("the first audio") < said.index("the model has finished")
    assert seconds(tmp_path / "answer.wav") > 3.0


def test_a_text_becomes_a_file_for_each_voice(tmp_path: Path) -> None:
    run(tmp_path, "respeecher.py", "Welcome to the show.", "--voice", "Nora", "--voice", "Basil", "--label", "show")
    takes = sorted((tmp_path / "takes").iterdir())
    assert [path.name for path in takes] == ["show-Basil-Neutral.wav", "show-Nora-Neutral.wav"]
    for path in takes:
        assert_whole(path)
    # And a recording, into two voices of its own choice.
    run(tmp_path, "respeecher.py", str(takes[0]), "-d", "again")
    assert len(list((tmp_path / "again").iterdir())) == 2


def test_a_cloned_voice_speaks_other_languages(tmp_path: Path) -> None:
    run(tmp_path, "palabra.py", "--language", "de", "--language", "uk")
    assert sorted(path.name for path in (tmp_path / "samples").iterdir()) == ["Ann-de.wav", "Ann-uk.wav"]
    assert_whole(tmp_path / "samples" / "Ann-de.wav")


def test_lines_are_played_into_a_file_one_after_the_other(tmp_path: Path) -> None:
    # Whole before it begins, so that the machine's other work cannot interrupt it.
    run(tmp_path, "play.py", "-c", "60000", "-o", "heard.wav", "Who goes there?", "Nobody, sir.")
    with wave.open(str(tmp_path / "heard.wav")) as file:
        heard = array("h", file.readframes(file.getnframes()))
    with Sandbox(**INSTANT) as sandbox, sandbox.client() as client:
        spoken = array("h")
        for text in ("Who goes there?", "Nobody, sir."):
            speech = client.tts(text, deepdub.TRIAL_VOICE, sample_rate=48000, seed=7)
            samples = speech.decode().samples
            spoken.extend(round(max(-1.0, min(1.0, sample)) * 32767) for sample in samples)
    begin = next(index for index, sample in enumerate(heard) if sample)
    silent = next(index for index, sample in enumerate(spoken) if sample)
    assert heard[begin - silent : begin - silent + len(spoken)] == spoken
    assert not any(heard[begin - silent + len(spoken) :])


def test_a_picture_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    run(tmp_path, "picture.py", "Welcome to the show.", "--at", "0.5", "-o", "show.png")
    assert (tmp_path / "show.png").read_bytes().startswith(b"\x89PNG")


PAGES = [EXAMPLES.parents[1] / "README.md", EXAMPLES.parents[1] / "bindings" / "python" / "README.md"]
# What runs as it stands says so by where its sandbox is from; one of them wants a loudspeaker.
BLOCKS = [
    block
    for page in PAGES
    if page.exists()
    for block in re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    if "import Sandbox" in block and "sounddevice" not in block
]


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_what_the_pages_show_runs_as_it_stands(tmp_path: Path, block: str) -> None:
    if "picture" in block:
        pytest.importorskip("matplotlib")
    done = subprocess.run(
        [sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr


def test_the_pages_show_what_runs() -> None:
    assert len(BLOCKS) >= 11
