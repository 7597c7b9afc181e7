"""The iterator: its ends, and being closed."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import PATIENCE, TEXT, VOICE, asked, until

import voicewire
from voicewire import deepdub
from voicewire.sandbox import Sandbox


def test_after_the_last_chunk_there_is_nothing(client: deepdub.Client) -> None:
    stream = client.stream_tts(TEXT, VOICE)
    assert iter(stream) is stream
    assert list(stream)
    assert list(stream) == []
    stream.close()
    assert list(stream) == []


def test_a_stream_that_failed_never_looks_complete(sandbox: Sandbox, client: deepdub.Client) -> None:
    sandbox.inject("error=Server,after=2")
    stream = client.stream_tts(TEXT, VOICE)
    assert len(next(stream)) > 0
    assert len(next(stream)) > 0
    with pytest.raises(voicewire.ServerError) as first:
        next(stream)
    for attempt in (next, list):
        with pytest.raises(voicewire.ServerError) as again:
            attempt(stream)
        assert str(again.value) == str(first.value)
        assert again.value.chunks_received == 2
    stream.close()
    with pytest.raises(voicewire.ServerError):
        next(stream)


def test_leaving_the_block_closes_the_connection(sandbox: Sandbox, client: deepdub.Client) -> None:
    sandbox.inject("stall,after=1")
    with client.stream_tts(TEXT, VOICE) as stream:
        for _ in stream:
            assert sandbox.open_connections == 1
            break
    assert sandbox.wait_until_idle(PATIENCE)
    assert sandbox.generations()[0]["outcome"] == "client gone"


def test_leaving_the_block_with_an_exception_closes_the_connection(sandbox: Sandbox, client: deepdub.Client) -> None:
    sandbox.inject("stall,after=1")
    with pytest.raises(ZeroDivisionError):
        with client.stream_tts(TEXT, VOICE) as stream:
            next(stream)
            raise ZeroDivisionError
    assert sandbox.wait_until_idle(PATIENCE)


def test_dropping_the_stream_closes_the_connection(sandbox: Sandbox, client: deepdub.Client) -> None:
    sandbox.inject("stall,after=1")
    stream = client.stream_tts(TEXT, VOICE)
    next(stream)
    del stream
    assert sandbox.wait_until_idle(PATIENCE)


def test_a_stream_that_was_closed_never_looks_complete(client: deepdub.Client) -> None:
    stream = client.stream_tts(TEXT, VOICE)
    next(stream)
    stream.close()
    stream.close()
    for _ in range(2):
        with pytest.raises(voicewire.CancelledError) as caught:
            next(stream)
        assert caught.value.chunks_received == 1
        assert caught.value.generation_id == stream.generation_id


@pytest.mark.parametrize("after", [0, 1])
def test_close_from_another_thread_ends_a_wait(sandbox: Sandbox, client: deepdub.Client, after: int) -> None:
    sandbox.inject(f"stall,after={after}")
    stream = client.stream_tts(TEXT, VOICE)
    received = threading.Event()

    def take() -> int:
        for _ in range(after):
            next(stream)
        received.set()
        with pytest.raises(voicewire.CancelledError) as caught:
            next(stream)
        with pytest.raises(voicewire.CancelledError):
            next(stream)
        assert caught.value.chunks_received is not None
        return caught.value.chunks_received

    with ThreadPoolExecutor() as pool:
        taken = pool.submit(take)
        assert received.wait(PATIENCE)
        stream.close()
        assert taken.result(PATIENCE) == after
    assert sandbox.wait_until_idle(PATIENCE)


def test_closing_the_client_ends_waits_on_all_threads(sandbox: Sandbox) -> None:
    with sandbox.client() as client, ThreadPoolExecutor() as pool:
        for _ in range(3):
            sandbox.inject("stall")
        calls = [
            pool.submit(client.tts, TEXT, VOICE),
            pool.submit(client.speak, TEXT, VOICE, print),
            pool.submit(lambda: list(client.stream_tts(TEXT, VOICE))),
        ]
        until(lambda: sandbox.open_connections == 3)
        client.close()
        client.close()
        for call in calls:
            assert isinstance(call.exception(PATIENCE), voicewire.CancelledError)
        with pytest.raises(voicewire.CancelledError):
            client.tts(TEXT, VOICE)
        with pytest.raises(voicewire.CancelledError):
            client.get_issue("iss_1")
    assert sandbox.wait_until_idle(PATIENCE)


def test_one_thread_at_a_time_waits_for_the_next_chunk(sandbox: Sandbox, client: deepdub.Client) -> None:
    sandbox.inject("stall,after=1")
    stream = client.stream_tts(TEXT, VOICE)
    next(stream)
    # Both try; whichever comes second is refused, and the other one waits until the stream is closed.
    refused = threading.Event()
    errors = []

    def wait() -> None:
        try:
            next(stream)
        except ValueError as error:
            errors.append(error)
            refused.set()
        except voicewire.CancelledError as error:
            errors.append(error)

    threads = [threading.Thread(target=wait) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert refused.wait(PATIENCE)
    # Neither of these waits for the thread that waits.
    assert stream.summary.chunks == 1
    assert "1 chunks" in repr(stream)
    stream.close()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(type(error).__name__ for error in errors) == ["CancelledError", "ValueError"]


def test_other_threads_run_while_one_waits(sandbox: Sandbox, client: deepdub.Client) -> None:
    sandbox.inject("stall")
    closer = threading.Thread(target=lambda: (until(asked(sandbox)), client.close()))
    closer.start()
    # Without the interpreter released, the closer would never get to run.
    with pytest.raises(voicewire.CancelledError):
        client.tts(TEXT, VOICE)
    closer.join(PATIENCE)
