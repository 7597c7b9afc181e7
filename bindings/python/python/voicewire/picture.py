"""A picture of a generation: waveform, spectrogram, when its chunks came, and the second that was reported.

Needs matplotlib, which the extra 'picture' brings.

    speech = client.tts("Welcome to the show.", voicewire.deepdub.TRIAL_VOICE)
    voicewire.picture.save(client.last_generations()[0], "show.png", problem_seconds=0.9)
"""

import os
from typing import Optional, Union

try:
    import matplotlib
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
except ImportError as error:
    said = f"voicewire.picture draws with matplotlib: pip install matplotlib ({error})"
    raise ImportError(said, name=error.name, path=error.path) from error

from ._voicewire import BadAudioError, Decoder
from .deepdub import Remembered

__all__ = ["draw", "save"]

_MARK = "tab:red"
# What the spectrogram shows below its loudest, in dB.
_RANGE = 80


class _Audio:
    """The samples, and how many seconds of them there were after each chunk."""

    def __init__(self, generation: Remembered) -> None:
        decoder = Decoder(generation.format, generation.sample_rate or _rate_of(generation), channels=1)
        pieces = []
        self.arrivals = []
        frames = 0
        try:
            for after, data in generation.chunks:
                pieces.append(np.array(decoder.push(data), dtype=np.float32))
                frames += len(pieces[-1])
                self.arrivals.append((after, frames))
            pieces.append(np.array(decoder.finish(), dtype=np.float32))
        except BadAudioError:
            pass  # What was good before is shown.
        self.samples = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)
        self.rate = decoder.sample_rate or 0

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


def _rate_of(generation: Remembered) -> Optional[int]:
    if generation.format in ("s16le", "mulaw"):
        raise ValueError(f"nobody knows the rate of {generation.format} for which no sample_rate was asked")
    return None


def draw(generation: Remembered, *, problem_seconds: Optional[float] = None, figure: Optional[Figure] = None) -> Figure:
    """Draws a generation that its client remembers (Client.last_generations()), and returns the figure.

    Args:
        generation: What is drawn. Of broken audio the good part is.
        problem_seconds: Marked in all three parts: where something came out wrong, in seconds.
        figure: Cleared and drawn into; a new one by default, without a window.

    Raises:
        ValueError: there is no audio in it, nobody knows its sample rate, or problem_seconds is beyond its end.
    """
    audio = _Audio(generation)
    if not len(audio.samples):
        raise ValueError(f"generation {generation.generation_id} has no audio that could be drawn")
    if problem_seconds is not None and not 0 <= problem_seconds <= audio.seconds:
        raise ValueError(f"problem_seconds is {problem_seconds}; it takes 0 to {audio.seconds:.3f}, the audio's length")
    figure = figure or Figure(figsize=(10, 7), layout="constrained")
    figure.clear()
    figure.suptitle(_title(generation.text), parse_math=False)
    wave, spectrum, arrivals = figure.subplots(3, 1, sharex=True, height_ratios=[2, 3, 2])
    _draw_wave(wave, audio)
    _draw_spectrum(spectrum, audio)
    _draw_arrivals(arrivals, audio)
    if problem_seconds is not None:
        for axes in (wave, spectrum, arrivals):
            axes.axvline(problem_seconds, color=_MARK, linewidth=1.2, gid="problem")
        wave.annotate(
            f"{problem_seconds:.2f} s", (problem_seconds, 1), xycoords=("data", "axes fraction"), color=_MARK,
            xytext=(4, -12), textcoords="offset points",
        )
    # What was drawn last had its own idea of the axis that all share.
    wave.set_xlim(0, audio.seconds)
    return figure


def save(
    generation: Remembered,
    path: Union[str, "os.PathLike[str]"],
    *,
    problem_seconds: Optional[float] = None,
) -> None:
    """Draws a generation into a file: PNG, SVG, PDF, whatever matplotlib knows the ending of.

    Args:
        generation, problem_seconds: As for draw().
        path: The file.

    Raises:
        ValueError: as draw().
    """
    with matplotlib.rc_context({"svg.hashsalt": "voicewire"}):
        draw(generation, problem_seconds=problem_seconds).savefig(path, dpi=120)


def _title(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 80 else f"{words[:79]}…"


def _draw_wave(axes: Axes, audio: _Audio) -> None:
    times = np.arange(len(audio.samples)) / audio.rate
    axes.plot(times, audio.samples, linewidth=0.4)
    axes.set(ylim=(-1, 1), ylabel="amplitude")


def _draw_spectrum(axes: Axes, audio: _Audio) -> None:
    # 30 ms at a time, as is usual for speech.
    window = max(int(audio.rate * 0.03), 16)
    samples = audio.samples
    if len(samples) < window:
        samples = np.pad(samples, (0, window - len(samples)))
    # Silence has no logarithm.
    quiet = samples + np.float32(1e-6) * (np.arange(len(samples)) % 2)
    *_, image = axes.specgram(quiet, NFFT=window, Fs=audio.rate, noverlap=window * 3 // 4)
    loudest = image.get_clim()[1]
    image.set_clim(loudest - _RANGE, loudest)
    axes.set(ylabel="Hz", ylim=(0, min(audio.rate / 2, 8000)))


def _draw_arrivals(axes: Axes, audio: _Audio) -> None:
    first = audio.arrivals[0][0]
    # A step for each chunk: from where its audio begins to where it ends, at the time when it came.
    begin = 0.0
    for after, frames in audio.arrivals:
        end = frames / audio.rate
        axes.hlines(after, begin, end, linewidth=2.5, gid="chunk")
        begin = end
    axes.plot(
        [0, audio.seconds], [first, first + audio.seconds], color="gray", linestyle=":",
        label="played as soon as it comes",
    )
    axes.set(xlabel="seconds of audio", ylabel="came after (s)")
    axes.legend(loc="upper left", fontsize="small")
