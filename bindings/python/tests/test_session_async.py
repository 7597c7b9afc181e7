"""Lines in asyncio: no thread of their own, and an end for whoever stops listening."""

import asyncio
import contextlib
import gc
import sys
import threading
import uuid
from pathlib import Path
from typing import Any, Coroutine, Dict, List

import pytest
from conftest import INSTANT, PATIENCE, TEXT, VOICE

import voicewire
from voicewire import deepdub
from voicewire.sandbox import Sandbox

STALL = "fault:stall,after=1"


def run(main: Coroutine[Any, Any, object]) -> None:
    asyncio.run(asyncio.wait_for(main, PATIENCE))


async def audio(line: deepdub.Line) -> bytes:
    return b"".join([chunk.data async for chunk in line])


async def cancelled(line: deepdub.Line) -> bool:
    """Whether the line ends as cancelled."""
    with pytest.raises(voicewire.CancelledError):
        await line.__anext__()
    return line.is_ended


def test_a_line_is_what_a_call_says(client: deepdub.Client) -> None:
    async def main() -> None:
        async with client.open_session() as session:
            line = session.speak(TEXT, VOICE, seed=7, format="mulaw")
            assert line.__aiter__() is line
            assert await audio(line) == client.tts(TEXT, VOICE, seed=7, format="mulaw").data
            assert await audio(line) == b""
            with pytest.raises(StopAsyncIteration):
                await line.__anext__()
        assert session.state == "closed"

    run(main())


def io_threads() -> int:
    names = []
    for task in Path("/proc/self/task").iterdir():
        # Others may end meanwhile.
        with contextlib.suppress(OSError):
            names.append((task / "comm").read_text().strip())
    return names.count("voicewire-io")


def test_hundreds_of_lines_take_one_thread() -> None:
    with Sandbox(max_concurrent=1000, **INSTANT) as sandbox, sandbox.client() as client:
        wanted = [client.tts(TEXT, VOICE, seed=seed, format="mulaw").data for seed in range(4)]
        threads = threading.active_count()
        most = 0

        async def speak(session: deepdub.Session, seed: int) -> bytes:
            nonlocal most
            pieces = []
            async for chunk in session.speak(TEXT, VOICE, seed=seed, format="mulaw"):
                pieces.append(chunk.data)
                if sys.platform == "linux":
                    most = max(most, io_threads() if chunk.is_final else 0)
            return b"".join(pieces)

        async def main() -> None:
            sessions = [client.open_session(max_running=50) for _ in range(4)]
            results = await asyncio.gather(*[speak(sessions[number % 4], number % 4) for number in range(200)])
            assert results == wanted * 50
            assert threading.active_count() == threads
            for session in sessions:
                session.close()

        run(main())
        assert most == (1 if sys.platform == "linux" else 0)


def test_others_run_while_many_chunks_are_waiting(client: deepdub.Client) -> None:
    async def main() -> None:
        async with client.open_session(max_running=1) as session:
            line = session.speak(TEXT * 20, VOICE, format="mulaw")
            # It comes after the other, all of which is there then.
            await audio(session.speak(TEXT, VOICE))
            turns = chunks = 0
            over = False

            async def other() -> None:
                nonlocal turns
                while not over:
                    turns += 1
                    await asyncio.sleep(0)

            task = asyncio.create_task(other())
            async for _ in line:
                chunks += 1
            over = True
            await task
            assert chunks > 10 and turns >= chunks

    run(main())


def test_a_cancelled_task_cancels_its_line(client: deepdub.Client) -> None:
    async def main() -> None:
        async with client.open_session() as session:
            line = session.speak(TEXT, STALL)
            heard = asyncio.Event()

            async def listen() -> None:
                async for _ in line:
                    heard.set()

            task = asyncio.create_task(listen())
            await heard.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await cancelled(line)
            assert await audio(session.speak(TEXT, VOICE))

    run(main())


def test_a_wait_that_takes_too_long_cancels_its_line(client: deepdub.Client) -> None:
    async def main() -> None:
        async with client.open_session() as session:
            line = session.speak(TEXT, STALL)
            await line.__anext__()
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(line.__anext__(), 0.001)
            assert await cancelled(line)

    run(main())


def test_leaving_early_cancels(client: deepdub.Client) -> None:
    async def main() -> None:
        async with client.open_session() as session:
            async with session.speak(TEXT, STALL) as line:
                async for _ in line:
                    break
            assert await cancelled(line)
            async with contextlib.AsyncExitStack() as stack:
                line = session.speak(TEXT, STALL)
                stack.push_async_callback(line.aclose)
                await line.__anext__()
            assert await cancelled(line)
            line = session.speak(TEXT, VOICE)
            assert await audio(line)
            await line.aclose()
            assert await audio(line) == b""

    run(main())


def test_a_cancel_elsewhere_wakes_the_task(client: deepdub.Client) -> None:
    async def main() -> None:
        async with client.open_session() as session:
            line = session.speak(TEXT, STALL)
            await line.__anext__()
            task = asyncio.create_task(cancelled(line))
            await asyncio.sleep(0)
            threading.Thread(target=line.cancel).start()
            assert await task
            line = session.speak(TEXT, STALL)
            await line.__anext__()
            task = asyncio.create_task(cancelled(line))
            await asyncio.sleep(0)
            session.close()
            assert await task

    run(main())


def test_a_line_that_failed_never_looks_complete(client: deepdub.Client) -> None:
    async def main() -> None:
        async with client.open_session() as session:
            line = session.speak(TEXT, "fault:error=InvalidInput,after=2")
            chunks = []
            for _ in range(2):
                with pytest.raises(voicewire.RejectedInputError) as caught:
                    async for chunk in line:
                        chunks.append(chunk)
                assert caught.value.chunks_received == len(chunks) == 2

    run(main())


def test_one_task_at_a_time_waits(client: deepdub.Client) -> None:
    async def main() -> None:
        async with client.open_session() as session:
            line = session.speak(TEXT, STALL)
            await line.__anext__()
            task = asyncio.create_task(cancelled(line))
            await asyncio.sleep(0)
            with pytest.raises(ValueError, match="another task"):
                await line.__anext__()
            line.cancel()
            assert await task

    run(main())


def test_a_line_may_move_between_loops_and_threads(client: deepdub.Client) -> None:
    whole = [chunk.data for chunk in client.stream_tts(TEXT, VOICE, seed=1)]
    with client.open_session() as session:
        line = session.speak(TEXT, VOICE, seed=1)

        async def one() -> bytes:
            return (await line.__anext__()).data

        pieces = [asyncio.run(one()), asyncio.run(one()), next(line).data]
        assert pieces + [chunk.data for chunk in line] == whole


def test_news_for_a_closed_loop_hurt_nobody(client: deepdub.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    reports: list = []
    monkeypatch.setattr(sys, "unraisablehook", reports.append)
    quiet: List[Dict[str, Any]] = []
    with client.open_session() as session:
        line = session.speak(TEXT, STALL)
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda _loop, context: quiet.append(context))
        loop.run_until_complete(line.__anext__())
        task = loop.create_task(cancelled(line))
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
        line.cancel()
        with pytest.raises(voicewire.CancelledError):
            next(line)
        assert [chunk for chunk in session.speak(TEXT, VOICE)]
        task.get_coro().close()  # type: ignore[attr-defined]
        del task, loop
        gc.collect()
    assert reports == []


def test_after_another_task_s_cancel_no_chunk_is_handed_out(client: deepdub.Client) -> None:
    async def main() -> None:
        async with client.open_session(max_running=1) as session:
            # Whatever the listener is doing when the other has its turn.
            for turns in range(4):
                line = session.speak(TEXT * 20, VOICE, format="mulaw")
                await audio(session.speak(TEXT, VOICE))
                chunks = 0

                async def interrupt() -> int:
                    for _ in range(turns):
                        await asyncio.sleep(0)
                    line.cancel()
                    return chunks

                task = asyncio.create_task(interrupt())
                with pytest.raises(voicewire.CancelledError):
                    async for _ in line:
                        chunks += 1
                assert chunks == await task

    run(main())


def test_a_line_goes_on_in_another_loop_when_the_one_that_waited_is_closed(client: deepdub.Client) -> None:
    with client.open_session() as session:
        line = session.speak(TEXT, STALL)
        loop = asyncio.new_event_loop()
        loop.run_until_complete(line.__anext__())
        task = loop.create_task(cancelled(line))
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

        async def go_on() -> bool:
            waiting = asyncio.ensure_future(cancelled(line))
            await asyncio.sleep(0)
            line.cancel()
            return await waiting

        assert asyncio.run(go_on())
        task.get_coro().close()  # type: ignore[attr-defined]


def test_a_task_that_nobody_has_lets_its_line_go(client: deepdub.Client) -> None:
    own = str(uuid.uuid4())
    with client.open_session() as session:

        def leave() -> None:
            loop = asyncio.new_event_loop()
            loop.set_exception_handler(lambda _loop, _context: None)
            task = loop.create_task(audio(session.speak(TEXT, STALL, generation_id=own)))
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()
            del task

        leave()
        gc.collect()
        session.speak(TEXT, VOICE, generation_id=own)


def test_closing_a_session_leaves_the_loop_to_others(client: deepdub.Client) -> None:
    changes: List[str] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()

        def tell(change: deepdub.StateChange) -> None:
            loop.call_soon_threadsafe(changes.append, change.state)

        async with client.open_session(on_state=tell) as session:
            assert await audio(session.speak(TEXT, VOICE))
        await asyncio.sleep(0)

    run(main())
    assert changes == ["connecting", "ready", "closed"]


def test_slow_loops_and_faults_lose_nothing() -> None:
    voices = [VOICE, "fault:ping", "fault:bad-json", "fault:chunk-delay=1", "fault:error=Server", "other"]
    options = {"retry_first_delay": 0.001, "retry_max_delay": 0.01}
    with Sandbox(max_concurrent=100, **INSTANT) as sandbox, sandbox.client(**options) as client:

        async def listen(session: deepdub.Session, number: int) -> str:
            line = session.speak("Hello there, you.", voices[number % len(voices)], format="mulaw", seed=number % 3)
            try:
                async for chunk in line:
                    if number % 7 == 3:
                        line.cancel()
                    await asyncio.sleep(0)
            except voicewire.Error as error:
                return error.kind
            assert chunk.is_final
            return "complete"

        async def main() -> None:
            for _ in range(3):
                async with client.open_session(max_running=10) as session:
                    ends = await asyncio.gather(*[listen(session, number) for number in range(100)])
                    assert len(ends) == 100 and {"complete", "cancelled"} <= set(ends)
                    assert "internal" not in ends

        run(main())


def open_either(client: deepdub.Client, kind: str) -> "deepdub.Session | deepdub.TextSession":
    return client.open_session() if kind == "session" else client.open_text_session(VOICE)


@pytest.mark.parametrize("kind", ["session", "text"])
def test_ready_waits_and_the_loop_goes_on(sandbox: Sandbox, client: deepdub.Client, kind: str) -> None:
    async def main() -> None:
        with open_either(client, kind) as session:
            assert await asyncio.gather(*[session.ready() for _ in range(3)]) == [True] * 3
            assert session.state == "ready"
            assert await session.ready(0) is True
            with pytest.raises(voicewire.InvalidArgumentError):
                await session.ready(-1)
        with pytest.raises(voicewire.ClosedError):
            await session.ready()

    run(main())


@pytest.mark.parametrize("kind", ["session", "text"])
def test_a_wait_to_be_ready_ends(kind: str) -> None:
    def silent(sandbox: Sandbox) -> deepdub.Client:
        return sandbox.client(
            websocket_url=f"{sandbox.deepdub_open_url}?fault=silent-handshake",
            streaming_url=f"{sandbox.deepdub_live_url}?fault=silent-handshake",
        )

    async def main(client: deepdub.Client) -> None:
        with open_either(client, kind) as session:
            assert await session.ready(0) is False
            assert await session.ready(0.001) is False
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(session.ready(), 0.001)
            task = asyncio.create_task(session.ready())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            session.close()
            with pytest.raises(voicewire.ClosedError):
                await task

    with Sandbox(**INSTANT) as sandbox, silent(sandbox) as client:
        run(main(client))


def test_a_key_that_is_refused_is_told_to_a_task(sandbox: Sandbox, client: deepdub.Client) -> None:
    async def main() -> None:
        sandbox.inject("http=401")
        async with client.open_session() as session:
            with pytest.raises(voicewire.UnauthorizedError):
                await session.ready()

    run(main())
