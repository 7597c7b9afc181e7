"""Draws a generation: waveform, spectrogram, when its chunks came, and the second that is reported.

    pip install 'voicewire[picture]'
    python picture.py "Welcome to the show." --at 0.9 -o show.png

With DEEPDUB_API_KEY set the service speaks; without it a local sandbox does.
"""

import argparse
import os
import sys
from contextlib import ExitStack

import voicewire
from voicewire import picture
from voicewire.sandbox import Sandbox


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", nargs="?", default="Welcome to the show.")
    parser.add_argument("--at", type=float, metavar="SECONDS", help="report what is heard there, and mark it")
    parser.add_argument("-o", "--output", default="show.png")
    arguments = parser.parse_args()

    with ExitStack() as stack:
        if os.environ.get("DEEPDUB_API_KEY"):
            client = stack.enter_context(voicewire.deepdub.Client())
        else:
            print("DEEPDUB_API_KEY is not set: a local sandbox speaks instead of the service", file=sys.stderr)
            client = stack.enter_context(stack.enter_context(Sandbox()).client())
        speech = client.tts(arguments.text, voicewire.deepdub.TRIAL_VOICE)
        if arguments.at is not None:
            issue = client.report(speech, arguments.text.split()[-1].strip(".!?"), problem_seconds=arguments.at)
            print("reported as", issue.id)
        picture.save(client.last_generations()[0], arguments.output, problem_seconds=arguments.at)
        print(arguments.output)


if __name__ == "__main__":
    try:
        main()
    except voicewire.Error as error:
        sys.exit(str(error))
