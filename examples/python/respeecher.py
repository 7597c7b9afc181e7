"""Has a text spoken, or takes a recording, and converts it into voices of Respeecher's marketplace.

    python respeecher.py "Welcome to the show." --voice Nora --voice Basil -d takes
    python respeecher.py take.wav -d takes
    python respeecher.py --resume RECORDING_ID --voice Nora -d takes

A file for each voice; with no --voice, the first two that the account may use. With RESPEECHER_API_KEY set the service
does it; without it a sandbox inside this program does.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import List, Union

import voicewire
from voicewire import respeecher
from voicewire.sandbox import Sandbox


def main() -> None:
    parser = argparse.ArgumentParser(description="Converts a text or a recording into other voices.")
    parser.add_argument("source", nargs="?", help="a text, or the path of an audio file")
    parser.add_argument("--voice", action="append", default=[], metavar="NAME", help="a voice (again for several)")
    parser.add_argument("--label", default="take", help="with which the files' names begin [%(default)s]")
    parser.add_argument("-d", "--directory", default="takes", help="where the files go [%(default)s]")
    parser.add_argument("--resume", metavar="RECORDING_ID", help="go on with what was not brought to its end")
    arguments = parser.parse_args()
    if (arguments.source is None) == (arguments.resume is None):
        parser.error("either a source or --resume")
    try:
        if os.environ.get("RESPEECHER_API_KEY"):
            with respeecher.Client() as client:
                convert(client, arguments)
        else:
            print("RESPEECHER_API_KEY is not set: a local sandbox stands in for the service", file=sys.stderr)
            with Sandbox() as sandbox, sandbox.respeecher_client() as client:
                convert(client, arguments)
    except (voicewire.Error, KeyboardInterrupt) as error:
        told = "interrupted" if isinstance(error, KeyboardInterrupt) else str(error)
        print(f"respeecher: {told}", file=sys.stderr)
        # What is there is good, and the rest can still be had.
        outcome = getattr(error, "outcome", None)
        if outcome is not None:
            say(outcome)
            if outcome.recording_id is not None:
                print(f"respeecher: --resume {outcome.recording_id} goes on with it", file=sys.stderr)
        sys.exit(130 if isinstance(error, KeyboardInterrupt) else 1)


def convert(client: respeecher.Client, arguments: argparse.Namespace) -> None:
    source: Union[str, Path, None] = arguments.source
    if source is not None and os.path.isfile(source):
        source = Path(source)
    outcome = client.convert(
        source,
        recording_id=arguments.resume,
        voices=choose(client, arguments.voice),
        directory=arguments.directory,
        label=arguments.label,
        polling_first=0.2,
    )
    say(outcome)


def choose(client: respeecher.Client, names: List[str]) -> List[respeecher.Voice]:
    if not names:
        voices = (voice for voice in client.list_voices() if voice.available)
        return [voice for _, voice in zip(range(2), voices)]
    found = [next(iter(client.search_voices(name, limit=1)), None) for name in names]
    if None in found:
        sys.exit(f"respeecher: there is no voice called {names[found.index(None)]}")
    return [voice for voice in found if voice is not None]


def say(outcome: respeecher.Outcome) -> None:
    for file in outcome.files:
        print(f"{file.path}: {file.recording.voice_name}, {file.bytes} bytes")
    for failure in outcome.failures:
        print(f"respeecher: {failure.error}", file=sys.stderr)


if __name__ == "__main__":
    main()
