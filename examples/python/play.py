"""Plays while it is being spoken, with sounddevice; subtitles follow the sound.

    pip install sounddevice
    python play.py "First line." "Second line."

Without sounddevice, or without a sound device, it plays into a file, at the pace at which a device would: -o heard.wav.
With DEEPDUB_API_KEY set the service speaks; without it a local sandbox does.
"""

import argparse
import os
import sys
import time
import wave
from array import array
from contextlib import ExitStack, contextmanager
from typing import Iterator, Optional

import voicewire
from voicewire.sandbox import Sandbox

SAMPLE_RATE = 48000
# Frames that a device asks for at a time.
PERIOD = 480


def open_device(player: voicewire.Player):  # type: ignore[no-untyped-def]
    """A stream of the sound device's that reads from the player; None where there is none."""
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        print(f"no sounddevice: {error}", file=sys.stderr)
        return None

    def on_audio(out, frames, when, status):  # type: ignore[no-untyped-def]
        player.read_into(out)

    try:
        return sounddevice.RawOutputStream(
            samplerate=SAMPLE_RATE, channels=1, dtype="float32", blocksize=PERIOD, callback=on_audio
        )
    except sounddevice.PortAudioError as error:
        print(f"no sound device: {error}", file=sys.stderr)
        return None


class FileDevice:
    """Takes what a device would, when it would, into a WAV file."""

    def __init__(self, player: voicewire.Player, path: str) -> None:
        self.player = player
        self.file = wave.open(path, "wb")
        self.file.setnchannels(1)
        self.file.setsampwidth(2)
        self.file.setframerate(SAMPLE_RATE)
        self.began = time.monotonic()
        self.frames = 0

    def run(self) -> None:
        """Catches up with the time."""
        due = int((time.monotonic() - self.began) * SAMPLE_RATE)
        while self.frames + PERIOD <= due:
            samples = array("f", self.player.read(PERIOD))
            clamped = (max(-1.0, min(1.0, sample)) for sample in samples)
            self.file.writeframes(array("h", (round(sample * 32767) for sample in clamped)).tobytes())
            self.frames += PERIOD

    def close(self) -> None:
        self.file.close()


@contextmanager
def client() -> Iterator[voicewire.deepdub.Client]:
    with ExitStack() as stack:
        if os.environ.get("DEEPDUB_API_KEY"):
            yield stack.enter_context(voicewire.deepdub.Client())
        else:
            print("DEEPDUB_API_KEY is not set: a local sandbox speaks instead of the service", file=sys.stderr)
            yield stack.enter_context(stack.enter_context(Sandbox()).client())


def follow(player: voicewire.Player, texts: list[str], device: Optional[FileDevice]) -> None:
    """Shows each line when it is heard, until all are over."""
    shown, over = None, 0
    while over < len(texts):
        if device is not None:
            device.run()
        state = player.state()
        if state.activity == "playing" and state.track_id != shown:
            shown = state.track_id
            print(f"{state.played_frames / SAMPLE_RATE:6.2f} s  {texts[shown or 0]}", flush=True)
        while (end := player.next_end()) is not None:
            over += 1
            if end.error is not None:
                raise end.error
        time.sleep(0.01)
    state = player.state()
    print(f"{state.played_frames / SAMPLE_RATE:6.2f} s  the end; {state.underruns} underruns")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("texts", nargs="*", metavar="text")
    parser.add_argument("-o", "--output", help="play into this WAV file, also where there is a device")
    parser.add_argument("-c", "--cushion", type=float, default=200.0, metavar="MS", help="how much waits before it begins")
    arguments = parser.parse_args()
    texts = arguments.texts or ["Halt! Nobody enters the castle after dark.", "Nobody? Not even with fresh apples?"]

    player = voicewire.Player(
        sample_rate=SAMPLE_RATE, cushion_ms=arguments.cushion, max_cushion_ms=max(arguments.cushion, 2000.0)
    )
    stream = None if arguments.output else open_device(player)
    device = FileDevice(player, arguments.output or "heard.wav") if stream is None else None
    with client() as speaker, speaker.open_session() as session:
        # All are asked for now, and spoken at once; the player keeps their order.
        lines = [
            session.speak(
                text, voicewire.deepdub.TRIAL_VOICE, sample_rate=SAMPLE_RATE, seed=7, player=player, track_id=index
            )
            for index, text in enumerate(texts)
        ]
        if stream is not None:
            with stream:
                follow(player, texts, None)
                # What has been read is still on its way through the device.
                time.sleep(stream.latency)
        else:
            follow(player, texts, device)
        del lines
    if device is not None:
        device.close()
        print(arguments.output or "heard.wav")


if __name__ == "__main__":
    try:
        main()
    except (voicewire.Error, KeyboardInterrupt) as error:
        sys.exit(str(error))
