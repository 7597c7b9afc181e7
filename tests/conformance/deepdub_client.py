"""Deepdub's own Python client (`pip install deepdub pytest`) against the sandbox.

    voicewire-sandbox -- pytest tests/conformance/deepdub_client.py

What the vendor's client accepts, the sandbox may send; what it sends, the sandbox has to accept.
"""

import asyncio
import os
import struct
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


def test_tts_over_rest_with_a_voice_to_imitate(client):
    assert client.tts(TEXT, voice_reference=b"RIFF....", format="mulaw")


def test_a_bad_key_is_refused(client):
    client.headers["x-api-key"] = "wrong"
    with pytest.raises(requests.HTTPError) as refused:
        client.tts(TEXT, voice_prompt_id=VOICE)
    assert refused.value.response.status_code == 401
    assert "invalid or missing API key" in refused.value.response.json()["message"]


def test_the_voices_are_listed(client):
    voices = client.list_voices()["voicePrompts"]
    assert VOICE in [voice["id"] for voice in voices]
