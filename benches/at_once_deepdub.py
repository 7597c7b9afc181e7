"""The vendor's client as one of those that benches/at_once compares: at_once_deepdub.py N PER_CONNECTION"""

import asyncio
import json
import os
import resource
import sys
import time
from contextlib import AsyncExitStack

from deepdub import DeepdubClient

IDLE = 0.3
VOICE = "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773"


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def status(field):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(field + ":"))


async def speak(connection):
    begin = time.perf_counter()
    first, chunks, size = None, 0, 0
    options = dict(voice_prompt_id=VOICE, model="dd-etts-3.0", format="s16le", sample_rate=48000, seed=7)
    async for chunk in connection.async_tts(os.environ["BENCH_TEXT"], **options):
        if first is None:
            first = time.perf_counter() - begin
        chunks += 1
        size += len(chunk)
    return first, chunks, size


async def main(count, per_connection):
    client = DeepdubClient()
    async with AsyncExitStack() as stack:
        connections = [
            await stack.enter_async_context(client.async_connect()) for _ in range(-(-count // per_connection))
        ]
        # One on each: whatever is made at the first use is there.
        await asyncio.gather(*map(speak, connections))

        used, begin = cpu(), time.perf_counter()
        await asyncio.sleep(IDLE)
        idle = (cpu() - used) / (time.perf_counter() - begin)

        used, begin = cpu(), time.perf_counter()
        done = await asyncio.gather(*(speak(connections[n % len(connections)]) for n in range(count)))
        seconds = time.perf_counter() - begin
        used = cpu() - used - idle * seconds
        first, chunks, size = zip(*done)
        print(
            json.dumps(
                {
                    "cpu": used,
                    "seconds": seconds,
                    "chunks": sum(chunks),
                    "bytes": sum(size),
                    "first": first,
                    "rss_kib": status("VmHWM"),
                    "threads": status("Threads"),
                }
            ),
            flush=True,
        )
        # Closing politely takes its time, and is not measured.
        os._exit(0)


asyncio.run(main(*map(int, sys.argv[1:])))
