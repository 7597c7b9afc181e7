"""The command `say`: speaks a text into a file, saying how it goes."""

import argparse
import contextlib
import os
import sys
import time
from typing import Any, Dict, Optional

import voicewire
from voicewire import deepdub

FAILED = 1
USAGE = 2
INTERRUPTED = 130
DEFAULT_RATE = 48000

DESCRIPTION = """\
Speaks a text into a file while it is being generated. The file's ending chooses the format: .wav, .mp3, .opus, .ogg,
.au, .ul or .pcm. The key comes from DEEPDUB_API_KEY; without one a local sandbox speaks instead of the service.
"""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the command to a command line."""
    say = commands.add_parser("say", help="speak a text into a file", description=DESCRIPTION)
    say.set_defaults(run=run)
    add = say.add_argument
    add("text", help="what to say")
    add("-o", "--output", required=True, metavar="FILE", help="the file to write")
    add("--voice", default=deepdub.TRIAL_VOICE, metavar="ID", help="voice prompt id [%(default)s]")
    add("--format", metavar="NAME", help="mp3, wav, opus, mulaw or s16le [by the file's ending]")
    add("--sample-rate", type=int, default=DEFAULT_RATE, metavar="HZ", help="[%(default)s]")
    add("--locale", metavar="LOCALE", help="the language [en-US]")
    add("--model", metavar="NAME", help="[dd-etts-3.0]")
    add("--generation-id", metavar="UUID", help="an id of your own")
    add("--seed", type=int, metavar="N", help="the same one gives the same audio")
    add("--tempo", type=float, metavar="X", help="0.5 (slow) to 2.0 (fast)")
    add("--target-duration", type=float, metavar="SECONDS", help="how long it shall be; not with --tempo")
    add("--variance", type=float, metavar="X", help="0.0 to 1.0")
    add("--temperature", type=float, metavar="X", help="0.0 to 1.0")
    for name, meaning in FLAGS.items():
        add("--" + name.replace("_", "-"), action=argparse.BooleanOptionalAction, default=None, help=meaning)
    add("--accent-base-locale", metavar="LOCALE", help="a blend of two accents, with the next two")
    add("--accent-locale", metavar="LOCALE", help="the other accent")
    add("--accent-ratio", type=float, metavar="X", help="0.0 (base only) to 1.0 (the other only)")
    add("--performance-reference-prompt-id", metavar="ID", help="a prompt whose delivery is imitated")


FLAGS = {
    "prompt_boost": "more of the voice's character",
    "super_stretch": "allow longer audio",
    "realtime": "priority for live use",
    "clean_audio": "audio clean-up",
    "auto_gain": "level adjustment",
}

# What belongs to the command line and not to the generation.
OWN = ("run", "text", "output", "voice")


def run(arguments: argparse.Namespace) -> int:
    """Speaks; the exit code."""
    options = {name: value for name, value in vars(arguments).items() if name not in OWN}
    try:
        if options["format"] is None:
            options["format"] = voicewire.format_for_path(arguments.output)
        return speak(arguments.text, arguments.voice, arguments.output, options)
    except KeyboardInterrupt:
        note("interrupted; nothing was written")
        return INTERRUPTED
    except voicewire.InvalidArgumentError as error:
        note(str(error))
        return USAGE
    except voicewire.Error as error:
        note(str(error))
        return FAILED


def speak(text: str, voice: str, output: str, options: Dict[str, Any]) -> int:
    failure: Optional[voicewire.Error] = None
    # Leaving this with an exception removes what was written.
    with contextlib.ExitStack() as stack:
        client = make_client(stack)
        file = stack.enter_context(voicewire.AudioFile(output, options["format"], options["sample_rate"]))
        progress = stack.enter_context(Progress())
        started = time.monotonic()
        stream = stack.enter_context(client.stream_tts(text, voice, **options))
        received = 0
        try:
            for chunk in stream:
                file.write(chunk)
                received += len(chunk)
                progress.show(time.monotonic() - started, file.seconds)
        except voicewire.FileError:
            raise
        except voicewire.Error as error:
            if not received:
                raise
            # What arrived is good, and may have cost something: it is kept.
            failure = error
    if failure is not None:
        note(str(failure))
        note(f"{output} has what came before: {file.seconds:.2f} s of audio, generation {stream.generation_id}")
        return FAILED
    taken = time.monotonic() - started
    note(f"{output}: {file.seconds:.2f} s of audio in {taken:.2f} s, generation {stream.generation_id}")
    return 0


def make_client(stack: contextlib.ExitStack) -> deepdub.Client:
    try:
        from voicewire.sandbox import Sandbox
    except ImportError:  # a build without it
        return stack.enter_context(deepdub.Client())
    if os.environ.get("DEEPDUB_API_KEY"):
        return stack.enter_context(deepdub.Client())
    note("DEEPDUB_API_KEY is not set: a local sandbox speaks instead of the service")
    sandbox = stack.enter_context(Sandbox())
    return stack.enter_context(sandbox.client())


def note(text: str) -> None:
    print(f"voicewire: {text}", file=sys.stderr, flush=True)


class Progress:
    """How far it is: one line that changes on a terminal, else a line now and then."""

    SECONDS_PER_LINE = 10.0

    def __init__(self) -> None:
        self.live = sys.stderr.isatty()
        self.first = ""
        self.next_line = self.SECONDS_PER_LINE

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_exception: object) -> None:
        if self.live and self.first:
            print(file=sys.stderr, flush=True)

    def show(self, elapsed: float, seconds: float) -> None:
        is_first = not self.first
        if is_first:
            self.first = f"first audio after {elapsed:.2f} s"
        if self.live:
            print(f"\rvoicewire: {self.first}, {seconds:.1f} s of audio so far", end="", file=sys.stderr, flush=True)
        elif is_first:
            note(self.first)
        elif seconds >= self.next_line:
            self.next_line = seconds + self.SECONDS_PER_LINE
            note(f"{seconds:.1f} s of audio so far")
