"""Speaks what a language model says while it is still thinking: the tokens go in as they come, so does the audio out.

    python llm.py -o answer.wav

The model is a fake one. With DEEPDUB_API_KEY set the service speaks; without it a sandbox inside this program does.
"""

import argparse
import asyncio
import os
import sys
import time
from typing import AsyncIterator

import voicewire
from voicewire.sandbox import Sandbox

SAMPLE_RATE = 16000
ANSWER = (
    "The moon does not fall, or rather: it falls all the time, and misses. It moves sideways as fast as it falls, "
    "so that the ground curves away below it. That is what an orbit is."
)


async def tokens() -> AsyncIterator[str]:
    """A language model that thinks about each word."""
    for word in ANSWER.split(" "):
        await asyncio.sleep(0.03)
        yield word + " "


def main() -> None:
    parser = argparse.ArgumentParser(description="Speaks what a language model says while it says it.")
    parser.add_argument("-o", "--output", default="answer.wav")
    output = parser.parse_args().output
    try:
        if os.environ.get("DEEPDUB_API_KEY"):
            with voicewire.deepdub.Client() as client:
                asyncio.run(answer(client, output))
        else:
            print("DEEPDUB_API_KEY is not set: a local sandbox speaks instead of the service", file=sys.stderr)
            with Sandbox() as sandbox, sandbox.client() as client:
                asyncio.run(answer(client, output))
    except voicewire.Error as error:
        sys.exit(f"llm: {error}")
    except KeyboardInterrupt:
        print("llm: interrupted; nothing was written", file=sys.stderr)
        sys.exit(130)


async def answer(client: voicewire.deepdub.Client, output: str) -> None:
    started = time.monotonic()

    def note(text: str) -> None:
        print(f"{time.monotonic() - started:.2f} s: {text}", file=sys.stderr)

    async def write(turn: voicewire.deepdub.Turn) -> None:
        async for token in tokens():
            await turn.awrite(token)
        turn.end()
        note("the model has finished")

    voice = voicewire.deepdub.TRIAL_VOICE
    async with client.open_text_session(voice, sample_rate=SAMPLE_RATE) as session, session.begin_turn() as turn:
        writing = asyncio.create_task(write(turn))
        # 's16le' goes into a .wav as well.
        with voicewire.AudioFile(output, "s16le", SAMPLE_RATE) as file:
            async for chunk in turn:
                if chunk.index == 0:
                    note("the first audio")
                file.write(chunk)
        await writing
    note(f"{output}: {file.seconds:.2f} s of audio")


if __name__ == "__main__":
    main()
