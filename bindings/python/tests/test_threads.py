"""Many at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import INSTANT, PATIENCE, TEXT, VOICE

from voicewire import deepdub
from voicewire.sandbox import Sandbox


def test_many_threads_share_a_client(client: deepdub.Client) -> None:
    def speak(seed: int) -> bytes:
        return b"".join(chunk.data for chunk in client.stream_tts(TEXT, VOICE, seed=seed, format="mulaw"))

    alone = [speak(seed) for seed in range(5)]
    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(speak, list(range(5)) * 4, timeout=PATIENCE)) == alone * 4


def test_many_clients_at_once() -> None:
    with Sandbox(max_concurrent=100, **INSTANT) as sandbox, ThreadPoolExecutor(8) as pool:

        def whole(seed: int) -> bytes:
            with sandbox.client() as client:
                return client.tts(TEXT, VOICE, seed=seed % 2, format="mulaw").data

        results = list(pool.map(whole, range(16), timeout=PATIENCE))
        assert results == results[:2] * 8
        assert sandbox.wait_until_idle(PATIENCE)


def test_streams_of_one_thread_are_independent(client: deepdub.Client) -> None:
    streams = [client.stream_tts(TEXT, VOICE, seed=seed, format="mulaw") for seed in (1, 1, 2)]
    pieces: list = [[], [], []]
    for chunks in zip(*streams):
        for piece, chunk in zip(pieces, chunks):
            piece.append(chunk.data)
    assert pieces[0] == pieces[1] != pieces[2]


def test_a_stream_may_move_between_threads(client: deepdub.Client) -> None:
    alone = [chunk.data for chunk in client.stream_tts(TEXT, VOICE, seed=1)]
    stream = client.stream_tts(TEXT, VOICE, seed=1)
    chunks = []
    for _ in alone:
        with ThreadPoolExecutor(1) as pool:
            chunks.append(pool.submit(next, stream).result(PATIENCE).data)
    assert chunks == alone
    with pytest.raises(StopIteration):
        next(stream)


def test_issues_from_many_threads(client: deepdub.Client) -> None:
    def file(number: int) -> tuple:
        issue = client.create_issue(
            generation_id=f"generation {number}", generated_text=TEXT, problem_word="fox", voice_prompt_id=VOICE
        )
        return client.get_issue(issue.id).generation_id, client.delete_issue(issue.id)

    with ThreadPoolExecutor(8) as pool:
        filed = list(pool.map(file, range(24), timeout=PATIENCE))
    assert [generation for generation, _ in filed] == [f"generation {number}" for number in range(24)]
