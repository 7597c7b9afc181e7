"""CancelToken: one call ends, all others go on."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, Dict, List

import pytest
from conftest import PATIENCE, TEXT, VOICE, asked, until

import voicewire
from voicewire import CancelToken, deepdub
from voicewire.sandbox import Sandbox

STALL = "fault:stall,after=1"

Call = Callable[..., object]

SPEAKING: Dict[str, Call] = {
    "tts": lambda client, voice=VOICE, **options: client.tts(TEXT, voice, **options),
    "speak": lambda client, voice=VOICE, **options: client.speak(TEXT, voice, lambda chunk: None, **options),
    "stream": lambda client, voice=VOICE, **options: list(client.stream_tts(TEXT, voice, **options)),
}

REPORT = {"generation_id": "x", "generated_text": "x", "problem_word": "x", "voice_prompt_id": "x"}
REST: Dict[str, Call] = {
    "create_issue": lambda client, **options: client.create_issue(**REPORT, **options),
    "get_issue": lambda client, **options: client.get_issue("iss_1", **options),
    "update_issue": lambda client, **options: client.update_issue("iss_1", problem_word="y", **options),
    "delete_issue": lambda client, **options: client.delete_issue("iss_1", **options),
}


def test_a_token_says_whether_it_was_cancelled() -> None:
    token = CancelToken()
    assert not token.cancelled
    assert repr(token) == "<voicewire.CancelToken>"
    token.cancel()
    token.cancel()
    assert token.cancelled
    assert repr(token) == "<voicewire.CancelToken, cancelled>"


@pytest.mark.parametrize("form", {**SPEAKING, **REST})
def test_a_token_that_was_cancelled_before_sends_nothing(sandbox: Sandbox, client: deepdub.Client, form: str) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(voicewire.CancelledError):
        {**SPEAKING, **REST}[form](client, cancel=token)
    assert sandbox.requests() == []


@pytest.mark.parametrize("form", SPEAKING)
def test_a_stalled_generation_ends_and_others_go_on(sandbox: Sandbox, client: deepdub.Client, form: str) -> None:
    mine, other = CancelToken(), CancelToken()
    with ThreadPoolExecutor() as pool:
        calls = [pool.submit(SPEAKING[form], client, STALL, cancel=token) for token in (mine, other)]
        until(lambda: [g["chunks"] for g in sandbox.generations()] == [1, 1])
        mine.cancel()
        error = calls[0].exception(PATIENCE)
        assert isinstance(error, voicewire.CancelledError)
        # The sandbox has sent one, which may still be on its way.
        assert error.chunks_received in (0, 1)
        assert client.tts(TEXT, VOICE, cancel=CancelToken()).summary.chunks > 0
        assert not calls[1].done()
        other.cancel()
        assert isinstance(calls[1].exception(PATIENCE), voicewire.CancelledError)
    assert sandbox.wait_until_idle(PATIENCE)


@pytest.mark.parametrize("form", REST)
def test_a_silent_rest_call_ends_and_others_go_on(sandbox: Sandbox, client: deepdub.Client, form: str) -> None:
    sandbox.inject("silent")
    token = CancelToken()
    with ThreadPoolExecutor() as pool:
        call = pool.submit(REST[form], client, cancel=token)
        until(sandbox.requests)
        with pytest.raises(voicewire.NotFoundError):
            client.get_issue("iss_1", cancel=CancelToken())
        assert not call.done()
        token.cancel()
        assert isinstance(call.exception(PATIENCE), voicewire.CancelledError)


def test_one_token_ends_all_that_were_given_it(sandbox: Sandbox, client: deepdub.Client) -> None:
    token = CancelToken()
    with ThreadPoolExecutor() as pool:
        calls = [pool.submit(call, client, STALL, cancel=token) for call in SPEAKING.values()]
        until(lambda: [g["chunks"] for g in sandbox.generations()] == [1, 1, 1])
        token.cancel()
        for call in calls:
            assert isinstance(call.exception(PATIENCE), voicewire.CancelledError)


@pytest.mark.parametrize("form", ["speak", "stream"])
def test_cancelled_between_chunks(sandbox: Sandbox, client: deepdub.Client, form: str) -> None:
    token = CancelToken()
    chunks: List[deepdub.Chunk] = []

    def take(chunk: deepdub.Chunk) -> None:
        chunks.append(chunk)
        token.cancel()

    with pytest.raises(voicewire.CancelledError):
        if form == "speak":
            client.speak(TEXT, VOICE, take, cancel=token)
        else:
            for chunk in client.stream_tts(TEXT, VOICE, cancel=token):
                take(chunk)
    assert len(chunks) == 1
    assert sandbox.wait_until_idle(PATIENCE)


def test_a_stream_that_is_complete_stays_so(client: deepdub.Client) -> None:
    token = CancelToken()
    stream = client.stream_tts(TEXT, VOICE, cancel=token)
    assert list(stream)
    token.cancel()
    assert list(stream) == []


def test_closing_a_stream_leaves_its_token(client: deepdub.Client) -> None:
    token = CancelToken()
    client.stream_tts(TEXT, VOICE, cancel=token).close()
    assert not token.cancelled
    assert client.tts(TEXT, VOICE, cancel=token).summary.chunks > 0


@pytest.mark.parametrize("form", {**SPEAKING, **REST})
def test_what_is_no_token_is_a_type_error(sandbox: Sandbox, client: deepdub.Client, form: str) -> None:
    with pytest.raises(TypeError, match="argument 'cancel'"):
        {**SPEAKING, **REST}[form](client, cancel=True)
    assert sandbox.requests() == []


def test_a_task_that_is_cancelled_ends_its_call(sandbox: Sandbox, client: deepdub.Client) -> None:
    """The recipe of CancelToken's documentation."""

    async def speak() -> deepdub.Speech:
        token = CancelToken()
        try:
            return await asyncio.to_thread(client.tts, TEXT, STALL, cancel=token)
        except asyncio.CancelledError:
            token.cancel()
            raise

    async def main() -> None:
        task = asyncio.create_task(speak())
        while not asked(sandbox)():
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    # Waits for its threads at the end: it would not return if the call went on.
    asyncio.run(asyncio.wait_for(main(), PATIENCE))
    assert sandbox.wait_until_idle(PATIENCE)
