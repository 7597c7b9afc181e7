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


def main():
    parser = argparse.ArgumentParser(description="Speaks a text into a file.")
    parser.add_argument("text")
    parser.add_argument("-o", "--output", default="out.wav")
    parser.add_argument("--voice", default=voicewire.deepdub.TRIAL_VOICE)
    arguments = parser.parse_args()
    try:
        if os.environ.get("DEEPDUB_API_KEY"):
            with voicewire.deepdub.Client() as client:
                say(client, arguments)
        else:
            print("DEEPDUB_API_KEY is not set: a local sandbox speaks instead of the service", file=sys.stderr)
            with Sandbox() as sandbox, sandbox.client() as client:
                say(client, arguments)
    except voicewire.Error as error:
        sys.exit(f"say: {error}")


def say(client, arguments):
    output_format = voicewire.format_for_path(arguments.output)
    started = time.monotonic()
    # The file gets its name at the end of the block; an exception, Ctrl-C too, leaves nothing behind.
    with voicewire.AudioFile(arguments.output, output_format, SAMPLE_RATE) as file:
        for chunk in client.stream_tts(
            arguments.text, arguments.voice, format=output_format, sample_rate=SAMPLE_RATE
        ):
            if chunk.index == 0:
                print(f"first chunk after {time.monotonic() - started:.3f} s", file=sys.stderr)
            file.write(chunk)
            print(f"\r{file.seconds:.1f} s of audio", end="", file=sys.stderr)
    print(f"\r{arguments.output}: {file.seconds:.2f} s of audio", file=sys.stderr)


if __name__ == "__main__":
    main()
