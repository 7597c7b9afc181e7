"""Speaks a text into a file, saying how it goes.

    python say.py "Welcome to the show." -o welcome.wav

The file's ending chooses the format: .wav, .mp3, .opus, .ogg, .au, .ul or .pcm. With DEEPDUB_API_KEY set the service
speaks; without it a sandbox inside this program does.
"""

import argparse
import os
import sys
import time

import voicewire
from voicewire.sandbox import Sandbox

SAMPLE_RATE = 48000  # for the formats that state none themselves; every format can have it


def main() -> None:
    parser = argparse.ArgumentParser(description="Speaks a text into a file.")
    parser.add_argument("text")
    parser.add_argument("-o", "--output", default="out.wav")
    parser.add_argument("--voice", default=voicewire.deepdub.TRIAL_VOICE)
    arguments = parser.parse_args()
    try:
        if os.environ.get("DEEPDUB_API_KEY"):
            with voicewire.deepdub.Client() as client:
                say(client, arguments.text, arguments.voice, arguments.output)
        else:
            print("DEEPDUB_API_KEY is not set: a local sandbox speaks instead of the service", file=sys.stderr)
            with Sandbox() as sandbox, sandbox.client() as client:
                say(client, arguments.text, arguments.voice, arguments.output)
    except voicewire.Error as error:
        sys.exit(f"say: {error}")
    except KeyboardInterrupt:
        print("say: interrupted; nothing was written", file=sys.stderr)
        sys.exit(130)


def say(client: voicewire.deepdub.Client, text: str, voice: str, output: str) -> None:
    output_format = voicewire.format_for_path(output)
    live = sys.stderr.isatty()  # a terminal, where one line can change
    started = time.monotonic()
    # The file gets its name at the end of the block; an exception, Ctrl-C too, leaves nothing behind.
    with voicewire.AudioFile(output, output_format, SAMPLE_RATE) as file:
        try:
            for chunk in client.stream_tts(text, voice, format=output_format, sample_rate=SAMPLE_RATE):
                if chunk.index == 0:
                    print(f"first chunk after {time.monotonic() - started:.3f} s", file=sys.stderr)
                file.write(chunk)
                if live:
                    print(f"\r{file.seconds:.1f} s of audio", end="", file=sys.stderr, flush=True)
        finally:
            if live:
                print(file=sys.stderr)
    print(f"{output}: {file.seconds:.2f} s of audio", file=sys.stderr)


if __name__ == "__main__":
    main()
