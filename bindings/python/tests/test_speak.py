"""The callback form."""

import pytest
from conftest import PATIENCE, TEXT, VOICE

import voicewire
from voicewire import deepdub
from voicewire.sandbox import Sandbox


def test_false_stops_it(sandbox: Sandbox, client: deepdub.Client) -> None:
    sandbox.inject("stall,after=1")
    chunks = []

    def on_chunk(chunk: deepdub.Chunk) -> bool:
        chunks.append(chunk)
        return False

    with pytest.raises(voicewire.CancelledError) as caught:
        client.speak(TEXT, VOICE, on_chunk)
    assert len(chunks) == caught.value.chunks_received == 1
    assert caught.value.bytes_received == len(chunks[0])
    assert sandbox.wait_until_idle(PATIENCE)


@pytest.mark.parametrize("answer", [None, 0, "", True])
def test_nothing_but_false_stops_it(client: deepdub.Client, answer: object) -> None:
    assert client.speak(TEXT, VOICE, lambda chunk: answer).chunks > 2


def test_false_after_the_last_chunk_means_nothing(client: deepdub.Client) -> None:
    assert client.speak(TEXT, VOICE, lambda chunk: not chunk.is_final).chunks > 2


@pytest.mark.parametrize("error", [KeyError("mine"), SystemExit(3), voicewire.ServerError("mine"), StopIteration()])
def test_an_exception_comes_out_as_it_is_and_closes_the_connection(
    sandbox: Sandbox, client: deepdub.Client, error: BaseException
) -> None:
    sandbox.inject("stall,after=1")

    def on_chunk(_chunk: deepdub.Chunk) -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        client.speak(TEXT, VOICE, on_chunk)
    assert caught.value is error
    assert sandbox.wait_until_idle(PATIENCE)
    assert sandbox.generations()[0]["outcome"] == "client gone"


def test_an_exception_at_the_last_chunk_comes_out_too(client: deepdub.Client) -> None:
    def on_chunk(chunk: deepdub.Chunk) -> None:
        if chunk.is_final:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        client.speak(TEXT, VOICE, on_chunk)


def test_the_callback_may_use_the_client(sandbox: Sandbox, client: deepdub.Client) -> None:
    inner = []

    def on_chunk(chunk: deepdub.Chunk) -> None:
        if chunk.index == 0:
            inner.append(client.tts(TEXT, VOICE, seed=5).data)

    client.speak(TEXT, VOICE, on_chunk, seed=5)
    assert inner == [client.tts(TEXT, VOICE, seed=5).data]


def test_the_callback_may_close_the_client(sandbox: Sandbox) -> None:
    sandbox.inject("stall,after=1")
    with sandbox.client() as client:
        with pytest.raises(voicewire.CancelledError):
            client.speak(TEXT, VOICE, lambda chunk: client.close())


def test_what_is_no_function_is_refused_before_anything_is_sent(sandbox: Sandbox, client: deepdub.Client) -> None:
    with pytest.raises(TypeError, match="on_chunk"):
        client.speak(TEXT, VOICE, None)
    assert sandbox.requests() == []
