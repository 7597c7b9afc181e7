"""voicewire's Python binding as one of those that benches/at_once compares: at_once_voicewire.py N PER_CONNECTION"""

import asyncio
import json
import os
import resource
import sys
import time

from voicewire.deepdub import TRIAL_VOICE, Client

IDLE = 0.3


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def status(field):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(field + ":"))


async def speak(session):
    begin = time.perf_counter()
    first, chunks, size = None, 0, 0
    options = dict(model="dd-etts-3.0", format="s16le", sample_rate=48000, seed=7)
    async for chunk in session.speak(os.environ["BENCH_TEXT"], TRIAL_VOICE, **options):
        if first is None:
            first = time.perf_counter() - begin
        chunks += 1
        size += len(chunk.data)
    return first, chunks, size


async def main(count, per_connection):
    client = Client()
    sessions = [client.open_session(max_running=per_connection) for _ in range(-(-count // per_connection))]
    for session in sessions:
        assert session.wait_ready(10)
    # One on each: whatever is made at the first use is there.
    await asyncio.gather(*map(speak, sessions))

    used, begin = cpu(), time.perf_counter()
    await asyncio.sleep(IDLE)
    idle = (cpu() - used) / (time.perf_counter() - begin)

    used, begin = cpu(), time.perf_counter()
    done = await asyncio.gather(*(speak(sessions[n % len(sessions)]) for n in range(count)))
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
    client.close()


asyncio.run(main(*map(int, sys.argv[1:])))
