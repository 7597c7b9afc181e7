"""Pictures of generations."""

import subprocess
import sys
from pathlib import Path

import pytest

from voicewire import deepdub
from voicewire.sandbox import Sandbox

pytest.importorskip("matplotlib")
TEXT = "The quick brown fox jumps over the lazy dog."


@pytest.mark.parametrize("format", ["mp3", "wav", "opus", "s16le", "mulaw"])
def test_all_that_came_is_drawn_and_the_second_marked(sandbox: Sandbox, format: str) -> None:
    from voicewire import picture

    with sandbox.client() as client:
        speech = client.tts(TEXT, deepdub.TRIAL_VOICE, format=format, sample_rate=24000)
        generation = client.last_generations()[0]
    figure = picture.draw(generation, problem_seconds=0.75)
    wave, spectrum, arrivals = figure.axes
    seconds = speech.decode().seconds
    (line,) = [line for line in wave.get_lines() if line.get_gid() != "problem"]
    assert line.get_xdata()[-1] == pytest.approx(seconds, abs=0.001)
    assert 0.05 < max(line.get_ydata()) <= 1.0
    for axes in (wave, spectrum, arrivals):
        (mark,) = [line for line in axes.get_lines() if line.get_gid() == "problem"]
        assert list(mark.get_xdata()) == [0.75, 0.75]
    chunks = [steps for steps in arrivals.collections if steps.get_gid() == "chunk"]
    assert len(chunks) == len(generation.chunks)
    times = [float(steps.get_segments()[0][0][1]) for steps in chunks]
    assert times == pytest.approx([after for after, _ in generation.chunks])
    assert spectrum.images, "a spectrogram"
    assert wave.get_xlim() == pytest.approx((0, seconds), abs=0.001)
    again = picture.draw(generation, figure=figure)
    assert again is figure and len(figure.axes) == 3
    for beyond in (-1.0, seconds + 1, float("nan")):
        with pytest.raises(ValueError, match="problem_seconds"):
            picture.draw(generation, problem_seconds=beyond)


def test_it_is_written_in_the_form_of_its_ending(sandbox: Sandbox, tmp_path: Path) -> None:
    from voicewire import picture

    with sandbox.client() as client:
        client.tts("Costs $5 and not $7.", deepdub.TRIAL_VOICE)
        generation = client.last_generations()[0]
    picture.save(generation, tmp_path / "a.png")
    picture.save(generation, tmp_path / "a.svg", problem_seconds=0.1)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (tmp_path / "a.svg").read_bytes()


def test_without_audio_or_its_rate_there_is_nothing_to_draw(sandbox: Sandbox) -> None:
    from voicewire import picture

    with sandbox.client(remember_bytes=10) as client:
        client.tts(TEXT, deepdub.TRIAL_VOICE)
        with pytest.raises(ValueError, match="no audio"):
            picture.draw(client.last_generations()[0])
    with sandbox.client() as client:
        client.tts(TEXT, deepdub.TRIAL_VOICE, format="s16le")
        with pytest.raises(ValueError, match="sample_rate"):
            picture.draw(client.last_generations()[0])


def test_without_matplotlib_the_import_says_what_to_install() -> None:
    program = "import sys; sys.modules['matplotlib'] = None; import voicewire.picture"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 1 and "ImportError" in done.stderr and "pip install matplotlib" in done.stderr
