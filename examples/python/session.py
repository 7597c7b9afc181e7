"""Three characters speak at once over one connection, and one of them is interrupted. In asyncio, with no threads.

    python session.py

Writes a .wav for each. With DEEPDUB_API_KEY set the service speaks; without it a sandbox inside this program does.
"""

import asyncio
import os
import sys

import voicewire
from voicewire.sandbox import Sandbox

SAMPLE_RATE = 48000
CAST = {
    "guard": "Halt! Who goes there? Nobody passes this gate after dark, and nobody ever has.",
    "merchant": "Only a poor merchant, sir, with a cart of apples and a long, long story about how he came to be so late.",
    "crow": "Caw! He has gold under the apples.",
}
INTERRUPTED = "merchant"  # after a second of audio


def main() -> None:
    try:
        if os.environ.get("DEEPDUB_API_KEY"):
            with voicewire.deepdub.Client() as client:
                asyncio.run(play(client, dict.fromkeys(CAST, voicewire.deepdub.TRIAL_VOICE)))
        else:
            print("DEEPDUB_API_KEY is not set: a local sandbox speaks instead of the service", file=sys.stderr)
            with Sandbox() as sandbox, sandbox.client() as client:
                asyncio.run(play(client, {name: name for name in CAST}))
    except voicewire.Error as error:
        sys.exit(f"session: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


async def play(client: voicewire.deepdub.Client, voices: "dict[str, str]") -> None:
    async with client.open_session() as session:
        await asyncio.gather(*[speak(session, name, voices[name]) for name in CAST])


async def speak(session: voicewire.deepdub.Session, name: str, voice: str) -> None:
    line = session.speak(CAST[name], voice, format="wav", sample_rate=SAMPLE_RATE)
    with voicewire.AudioFile(f"{name}.wav", "wav", SAMPLE_RATE) as file:
        try:
            async for chunk in line:
                file.write(chunk)
                print(f"{name}: {file.seconds:.1f} s", file=sys.stderr)
                if name == INTERRUPTED and file.seconds >= 1.0:
                    line.cancel()
        except voicewire.CancelledError:
            print(f"{name} was interrupted", file=sys.stderr)


if __name__ == "__main__":
    main()
