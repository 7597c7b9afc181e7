"""The examples of sessions: they run as they are, with no account."""

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PATIENCE

EXAMPLES = Path(__file__).parents[3] / "examples" / "python"
pytestmark = pytest.mark.skipif(not EXAMPLES.exists(), reason="the project's examples are not here")


def run(tmp_path: Path, name: str) -> str:
    done = subprocess.run(
        [sys.executable, "-X", "dev", str(EXAMPLES / name)], cwd=tmp_path, stderr=subprocess.PIPE, text=True,
        timeout=PATIENCE,
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
