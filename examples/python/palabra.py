"""Clones a voice from a recording with Palabra, and has it speak a sample in other languages.

    python palabra.py ann.wav --name Ann --language de --language fr -d samples

With PALABRA_API_KEY set (or PALABRA_CLIENT_ID and PALABRA_CLIENT_SECRET) the service does it; without it a sandbox
inside this program does, which speaks a recording itself if none is given.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import voicewire
from voicewire import palabra
from voicewire.sandbox import Sandbox

TEXT = "This is how I sound. I could go on like this for a while, and I shall, so that there is enough to learn from."


def main() -> None:
    parser = argparse.ArgumentParser(description="Clones a voice, and has it speak samples.")
    parser.add_argument("recording", nargs="?", type=Path, help="somebody speaking: .wav, .mp3, .m4a, .flac …")
    parser.add_argument("--name", default="Ann", help="what the voice is called [%(default)s]")
    parser.add_argument("--spoken", default="en-us", metavar="CODE", help="the recording's language [%(default)s]")
    parser.add_argument("--language", action="append", default=[], metavar="CODE", help="a sample's [de and fr]")
    parser.add_argument("-d", "--directory", type=Path, default=Path("samples"), help="where samples go [%(default)s]")
    arguments = parser.parse_args()
    try:
        if os.environ.get("PALABRA_API_KEY") or os.environ.get("PALABRA_CLIENT_ID"):
            if arguments.recording is None:
                parser.error("a recording is needed")
            with palabra.Client() as client:
                clone(client, arguments)
        else:
            print("PALABRA_API_KEY is not set: a local sandbox stands in for the service", file=sys.stderr)
            with tempfile.TemporaryDirectory() as directory, Sandbox() as sandbox:
                if arguments.recording is None:
                    arguments.recording = Path(directory, "spoken.wav")
                    with sandbox.client() as speaker:
                        speaker.tts(TEXT, "any voice", format="wav").save(arguments.recording)
                with sandbox.palabra_client() as client:
                    clone(client, arguments)
    except voicewire.Error as error:
        sys.exit(f"palabra: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def clone(client: palabra.Client, arguments: argparse.Namespace) -> None:
    voice = client.clone(arguments.name, arguments.recording, lang_code=arguments.spoken, waiting_first=0.2)
    print(f"{voice.name}: {voice.voice_id}")
    arguments.directory.mkdir(parents=True, exist_ok=True)
    for code in arguments.language or ["de", "fr"]:
        # One at a time for each voice: whoever else is at it is waited for.
        sample = client.regenerate_sample(str(voice.voice_id), code, wait=60)
        path = client.download(sample, arguments.directory / f"{arguments.name}-{code}.wav")
        print(f"{path}: {sample.text.content if sample.text else ''}")


if __name__ == "__main__":
    main()
