"""Deepdub's own Python client (`pip install deepdub pytest`) against the sandbox.

    voicewire-sandbox -- pytest tests/conformance/deepdub_client.py

What the vendor's client accepts, the sandbox may send; what it sends, the sandbox has to accept.
"""

import asyncio
import base64
import os
import struct
import wave
from uuid import uuid4

import pytest
import requests
from deepdub import DeepdubClient

URL = os.environ["DEEPDUB_BASE_URL"].removesuffix("/api/v1")
KEY = os.environ.get("DEEPDUB_API_KEY", "dd-00000000000000000000000065c9cbfe")
VOICE = "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773"
TEXT = "The quick brown fox jumps over the lazy dog, and then it runs away."


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setenv("DEEPDUB_BASE_URL", f"{URL}/api/v1")
    monkeypatch.setenv("DEEPDUB_BASE_WEBSOCKET_URL", f"{URL.replace('http', 'ws', 1)}/open")
    monkeypatch.setenv("DEEPDUB_BASE_WEBSOCKET_STREAMING_URL", f"{URL.replace('http', 'ws', 1)}/ws")
    monkeypatch.setenv("DEEPDUB_API_KEY", KEY)
    return DeepdubClient()


async def chunks_of(connection, **options):
    return [chunk async for chunk in connection.async_tts(TEXT, voice_prompt_id=VOICE, **options)]


def speak(client, **options):
    async def run():
        async with client.async_connect() as connection:
            return await chunks_of(connection, **options)

    return asyncio.run(run())


def test_every_wav_chunk_has_the_header_that_the_client_cuts_off(client):
    chunks = speak(client, format="wav", sample_rate=16000)
    assert len(chunks) > 5
    for chunk in chunks:
        assert chunk[:4] == b"RIFF" and chunk[8:16] == b"WAVEfmt "
        assert chunk[0x3C:0x40] == b"data"
        (length,) = struct.unpack_from("<I", chunk, 0x40)
        assert length == len(chunk) - client.dd_wav_header_len


def test_headerless_wav_is_the_same_audio_as_s16le(client):
    options = {"sample_rate": 16000, "seed": 7}
    headerless = b"".join(speak(client, format="headerless-wav", **options))
    raw = b"".join(speak(client, format="s16le", **options))
    assert headerless == raw
    assert len(raw) > 16000 * 2


def test_mulaw_has_one_byte_per_sample(client):
    options = {"sample_rate": 8000, "seed": 7}
    mulaw = b"".join(speak(client, format="mulaw", **options))
    raw = b"".join(speak(client, format="s16le", **options))
    assert len(mulaw) * 2 == len(raw)


def test_mp3_and_opus_begin_as_such(client):
    mp3 = b"".join(speak(client, format="mp3"))
    assert mp3[:3] == b"ID3" or (mp3[0] == 0xFF and mp3[1] & 0xE0 == 0xE0)
    assert b"".join(speak(client, format="opus"))[:4] == b"OggS"


def test_four_generations_at_once_on_one_connection(client):
    async def run():
        async with client.async_connect() as connection:
            return await asyncio.gather(
                *(chunks_of(connection, format="s16le", sample_rate=16000, seed=7) for _ in range(4))
            )

    four = asyncio.run(run())
    alone = b"".join(speak(client, format="s16le", sample_rate=16000, seed=7))
    assert [b"".join(chunks) for chunks in four] == [alone] * 4


def test_every_option_of_the_client_is_accepted(client):
    options = dict(
        format="s16le",
        sample_rate=24000,
        temperature=0.7,
        variance=0.2,
        seed=3,
        prompt_boost=True,
        accent_base_locale="en-US",
        accent_locale="fr-FR",
        accent_ratio=0.75,
        target_gender="female",
        generation_id=str(uuid4()),
    )
    slow = b"".join(speak(client, tempo=0.5, **options))
    fast = b"".join(speak(client, tempo=2.0, **options))
    assert len(slow) > 2.5 * len(fast)
    fixed = b"".join(speak(client, duration=3.0, **options))
    assert abs(len(fixed) / 2 / 24000 - 3.0) < 0.1


def test_an_error_reaches_the_caller(client):
    async def run():
        async with client.async_connect() as connection:
            with pytest.raises(Exception, match="targetText"):
                async for _ in connection.async_tts(" ", voice_prompt_id=VOICE):
                    pass

    asyncio.run(run())


@pytest.mark.parametrize("format,magic", [("mp3", None), ("opus", b"OggS"), ("mulaw", None)])
def test_tts_over_rest(client, format, magic):
    audio = client.tts(TEXT, voice_prompt_id=VOICE, format=format, sample_rate=8000, seed=7)
    assert len(audio) > 4000
    assert magic is None or audio.startswith(magic)


def test_headerless_wav_over_rest_is_the_same_audio_as_s16le(client):
    audio = client.tts(TEXT, voice_prompt_id=VOICE, format="headerless-wav", sample_rate=16000, seed=7)
    assert audio == b"".join(speak(client, format="s16le", sample_rate=16000, seed=7, model="dd-etts-3.2"))


def test_tts_over_rest_with_a_voice_to_imitate(client):
    assert client.tts(TEXT, voice_reference=b"RIFF....", format="mulaw")


def test_a_speaker_is_classified_with_and_without_a_connection(client, tmp_path):
    pytest.importorskip("av", reason="the client cuts its second out with PyAV")
    with wave.open(str(tmp_path / "me.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        samples = speak(client, format="s16le", sample_rate=16000)
        file.writeframes(b"".join(samples))

    async def connected():
        async with client.async_connect() as connection:
            # What is spoken at the same time goes elsewhere.
            verdict, chunks = await asyncio.gather(
                connection.gender_classify(tmp_path / "me.wav"), chunks_of(connection, format="mp3")
            )
            return verdict, b"".join(chunks)

    verdict, at_the_same_time = asyncio.run(connected())
    assert at_the_same_time and verdict["predicted_gender"] in ("female", "male")
    alone = asyncio.run(client.gender_classify(tmp_path / "me.wav"))
    assert alone == verdict


def test_a_bad_key_is_refused(client):
    client.headers["x-api-key"] = "wrong"
    with pytest.raises(requests.HTTPError) as refused:
        client.tts(TEXT, voice_prompt_id=VOICE)
    assert refused.value.response.status_code == 401
    assert "invalid or missing API key" in refused.value.response.json()["message"]


def test_the_voices_are_listed(client):
    voices = client.list_voices()["voicePrompts"]
    assert VOICE in [voice["id"] for voice in voices]


def written(client, use, format="s16le", **options):
    """What `use` does on a connection for text that is still being written."""

    async def run():
        settings = dict(model="dd-etts-3.2", locale="en-US", voice_prompt_id=VOICE, format=format, **options)
        async with client.async_stream_connect(**settings) as connection:
            return await asyncio.wait_for(use(connection), 30)

    return asyncio.run(run())


async def turn_of(connection, *pieces):
    """All messages of one turn."""
    for piece in pieces:
        await connection.async_stream_text(piece)
    await connection.async_stream_end()
    messages = []
    while not messages or not messages[-1]["isFinished"]:
        messages.append(await connection.async_stream_recv())
    return messages


def audio_of(messages):
    return b"".join(base64.b64decode(message["data"]) for message in messages)


def test_text_is_written_in_pieces_and_spoken_before_its_end(client):
    async def use(connection):
        assert connection.connection_id
        await connection.async_stream_text("The first sen")
        await connection.async_stream_text("tence. The sec")
        early = await connection.async_stream_recv_audio()
        rest = await turn_of(connection, "ond.")
        return early + audio_of(rest), await turn_of(connection, "The first sentence. The second.")

    pieces, whole = written(client, use)
    assert pieces == audio_of(whole)
    assert [message["index"] for message in whole] == list(range(len(whole)))


def test_the_clients_own_loop_gets_all_audio(client):
    async def use(connection):
        messages = await turn_of(connection, TEXT)
        await connection.async_stream_text(TEXT)
        await connection.async_flush()
        # The client declares its loop, which has no end, as a context manager: what is inside can be iterated.
        loop = connection.async_stream.__wrapped__(connection)
        return messages, [await anext(loop) for message in messages if message["data"]]

    messages, chunks = written(client, use, format="wav")
    header = client.dd_wav_header_len
    assert chunks == [audio_of([message])[header:] for message in messages if message["data"]]


def test_wav_written_is_the_same_audio_as_s16le(client):
    async def use(connection):
        return await turn_of(connection, TEXT)

    raw = audio_of(written(client, use, sample_rate=16000))
    header = client.dd_wav_header_len
    wav = [audio_of([message]) for message in written(client, use, format="wav", sample_rate=16000)]
    assert all(chunk[:4] == b"RIFF" and chunk[0x3C:0x40] == b"data" for chunk in wav if chunk)
    assert b"".join(chunk[header:] for chunk in wav) == raw
    assert len(raw) > 16000 * 2
    assert len(audio_of(written(client, use, format="mulaw", sample_rate=16000))) * 2 == len(raw)


def test_turns_follow_each_other_on_one_connection(client):
    async def use(connection):
        return [await turn_of(connection, TEXT) for _ in range(2)]

    one, two = written(client, use)
    assert audio_of(one) == audio_of(two)
    assert one[0]["generationId"] != two[0]["generationId"]
    assert one[0]["index"] == two[0]["index"] == 0


def test_a_turn_can_be_cancelled(client):
    async def use(connection):
        await connection.async_stream_text("This is said. This is not en")
        first = await connection.async_stream_recv()
        await connection.async_stream_cancel()
        message = first
        while not message.get("isCancelled"):
            message = await connection.async_stream_recv()
        return first, message, await turn_of(connection, "Next.")

    first, cancelled, following = written(client, use)
    assert cancelled["generationId"] == first["generationId"]
    assert {message["generationId"] for message in following}.isdisjoint({first["generationId"]})


def test_a_ping_has_an_answer(client):
    assert written(client, lambda connection: connection.async_stream_ping()) == {"action": "pong"}


def test_settings_change_between_turns(client):
    async def use(connection):
        one = await turn_of(connection, TEXT)
        await connection.async_stream_config(
            model="dd-etts-3.2",
            locale="en-US",
            voice_prompt_id=VOICE,
            format="mulaw",
            sample_rate=16000,
            accept_emojis=True,
            target_gender="female",
            first_audio_timeout=1.5,
            realtime=True,
        )
        return one, await turn_of(connection, TEXT)

    raw, mulaw = written(client, use, sample_rate=16000)
    assert len(audio_of(raw)) == 2 * len(audio_of(mulaw))


def test_a_bad_setting_is_an_error_of_the_session(client):
    async def use(connection):
        await connection.async_stream_config("dd-etts-3.2", "en-US", VOICE, format="opus")
        return await connection.async_stream_recv()

    answer = written(client, use)
    assert answer["action"] == "error" and "format" in answer["message"]
