"""The coroutines behind `async for` and `async with`, which the extension module calls."""

import asyncio
from typing import TYPE_CHECKING, Awaitable, TypeVar
from weakref import WeakKeyDictionary

from ._voicewire import _LoopWaker

if TYPE_CHECKING:
    from ._voicewire import Chunk, Line, Session, TextSession, Turn

T = TypeVar("T")

wakers: "WeakKeyDictionary[asyncio.AbstractEventLoop, _LoopWaker]" = WeakKeyDictionary()


def waker() -> _LoopWaker:
    """The one of the loop that runs."""
    loop = asyncio.get_running_loop()
    found = wakers.get(loop)
    if found is None:
        found = wakers[loop] = _LoopWaker(loop)
        found._listen()
    return found


async def next_chunk(line: "Line") -> "Chunk":
    """Line.__anext__()."""
    # Many may be there, and others want to run meanwhile: before one is taken, so that none is in hand when they cancel.
    pause: "Awaitable[object] | None" = asyncio.sleep(0)
    while True:
        if pause is not None:
            try:
                await pause
            except BaseException:
                # The task was cancelled, or is no more: nobody comes back for the rest.
                line.cancel()
                raise
        chunk = line._poll()
        if chunk is not None:
            return chunk
        pause = line._news(waker())


async def ready(session: "Session | TextSession", timeout: "float | None") -> bool:
    """ready() of both kinds of sessions."""
    loop = asyncio.get_running_loop()
    end = None if timeout is None else loop.time() + timeout
    # Before the first look: what changes after it is news.
    news = session._state_news()
    while not session.wait_ready(0):
        left = None if end is None else end - loop.time()
        if left is not None and left <= 0:
            return False
        change = news._begin(waker())
        if change is not None:
            await asyncio.wait([change], timeout=left)
            change.cancel()  # if it is still pending, so that the next one may be asked for
    return True


async def write(turn: "Turn", text: str) -> None:
    """Turn.awrite()."""
    if not turn._take(text):
        try:
            await asyncio.to_thread(turn.write, text)
        except asyncio.CancelledError:
            # The thread may write it yet, or not: what follows would not be what was meant.
            turn.cancel()
            raise


async def done(value: T) -> T:
    """What needs no waiting."""
    return value
