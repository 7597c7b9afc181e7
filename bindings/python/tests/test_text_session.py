"""Text streamed in: how it is cut, switched, cancelled, bounded."""

import asyncio
import contextlib
import sys
import threading
from typing import Iterable, Iterator

import pytest
from conftest import PATIENCE, VOICE, until
from test_interrupt import interrupt

import voicewire
from voicewire import CancelToken, deepdub
from voicewire.sandbox import Sandbox

TEXT = "Hello there. How are you?"
STORY = "A long story. It goes on and on. And on."


@pytest.fixture
def session(client: deepdub.Client) -> Iterator[deepdub.TextSession]:
    with client.open_text_session(VOICE) as session:
        yield session


def speak(session: deepdub.TextSession, pieces: Iterable[str]) -> bytes:
    turn = session.begin_turn()
    for piece in pieces:
        turn.write(piece)
    turn.end()
    return b"".join(chunk.data for chunk in turn)


def test_how_the_text_was_cut_makes_no_difference(sandbox: Sandbox, session: deepdub.TextSession) -> None:
    whole = speak(session, [TEXT])
    assert whole
    assert speak(session, TEXT) == speak(session, ["", TEXT[:9], "", TEXT[9:]]) == whole
    assert speak(session, []) == b""
    assert sandbox.open_connections == 1


def test_audio_comes_before_the_text_is_complete(sandbox: Sandbox, session: deepdub.TextSession) -> None:
    turn = session.begin_turn()
    assert turn.generation_id == "" and isinstance(turn, deepdub.Line)
    turn.write("The first sentence. And then")
    first = next(turn)
    assert len(first) > 0 and first.generation_id == turn.generation_id == sandbox.generations()[0]["id"]
    assert first.format == "s16le"
    turn.write(" the second.")
    turn.end()
    turn.end()
    rest = list(turn)
    assert turn.summary.chunks == len([chunk for chunk in [first, *rest] if len(chunk)])
    with pytest.raises(voicewire.ClosedError):
        turn.write("too late")


def test_a_task_writes_and_another_listens(session: deepdub.TextSession) -> None:
    whole = speak(session, [TEXT])

    async def main() -> None:
        async with session.begin_turn() as turn:

            async def write() -> None:
                for piece in TEXT:
                    await turn.awrite(piece)
                turn.end()

            writing = asyncio.create_task(write())
            assert b"".join([chunk.data async for chunk in turn]) == whole
            await writing

    asyncio.run(asyncio.wait_for(main(), PATIENCE))


@pytest.mark.parametrize("heard", [True, False])
@pytest.mark.parametrize("way", ["cancel", "block", "token"])
def test_a_cancelled_turn_is_silent_and_the_next_one_is_whole(client: deepdub.Client, heard: bool, way: str) -> None:
    token = CancelToken()
    with client.open_text_session("fault:chunk-delay=20") as session:
        turn = session.begin_turn(cancel=token)
        with turn if way == "block" else contextlib.nullcontext():
            turn.write(STORY)
            if heard:
                next(turn)
        if way == "cancel":
            turn.cancel()
        token.cancel()
        with pytest.raises(voicewire.CancelledError):
            list(turn)
        until(lambda: turn.is_ended)
        with pytest.raises(voicewire.CancelledError):
            # By a token, the writer learns of it from the I/O thread.
            until(lambda: turn.write("more"))
        session.configure(voice_prompt_id=VOICE)
        with client.open_text_session(VOICE) as other:
            assert speak(session, ["Yes."]) == speak(other, ["Yes."])


def test_voices_switch_in_the_middle_and_between_turns(session: deepdub.TextSession) -> None:
    one = speak(session, ["Good morning."])
    other_voice = 'another voice & "more"'
    session.configure(voice_prompt_id=other_voice)
    other = speak(session, ["Good morning."])
    assert one != other
    session.configure(voice_prompt_id=VOICE, locale=None)
    turn = session.begin_turn()
    turn.write("Good morning.")
    turn.switch(voice_prompt_id=other_voice)
    turn.write("Good morning.")
    turn.end()
    assert b"".join(chunk.data for chunk in turn) == one + other
    tag = deepdub.config_tag(voice_prompt_id=other_voice)
    assert speak(session, ["Good morning.", tag, "Good morning."]) == one + other


def test_tags_hold_whatever_their_values_are() -> None:
    assert deepdub.config_tag(locale="es-MX") == '<config locale="es-MX" />'
    assert deepdub.config_tag(voice_prompt_id='"/>') == '<config voicePromptId="&quot;/&gt;" />'
    assert deepdub.config_tag() == ""


def test_what_is_asked_for_is_what_comes(sandbox: Sandbox, client: deepdub.Client) -> None:
    options = dict(locale="fr-FR", format="mulaw", sample_rate=8000, accept_emojis=True, target_gender="female")
    with client.open_text_session(VOICE, first_audio_timeout=0.5, realtime=True, **options) as session:
        turn = session.begin_turn()
        turn.write("Bonjour.")
        turn.end()
        assert {chunk.format for chunk in turn} == {"mulaw"}
        assert turn.summary.format == "mulaw"
    config = next(r["body"]["config"] for r in sandbox.requests() if (r["body"] or {}).get("action") == "stream-config")
    assert config == {
        "voicePromptId": VOICE, "model": "dd-etts-3.0", "locale": "fr-FR", "format": "mulaw", "sampleRate": 8000,
        "acceptEmojis": True, "targetGender": "female", "firstAudioTimeout": 0.5, "realtime": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    "call, field",
    [
        (lambda client, session: client.open_text_session(""), "voicePromptId"),
        (lambda client, session: client.open_text_session(VOICE, format="mp3"), "format"),
        (lambda client, session: client.open_text_session(VOICE, sample_rate=1), "sampleRate"),
        (lambda client, session: client.open_text_session(VOICE, max_unsent_bytes=0), "max_unsent_bytes"),
        (lambda client, session: client.open_text_session(VOICE, keep_alive=0), "keep_alive"),
        (lambda client, session: session.configure(format="opus"), "format"),
        (lambda client, session: session.begin_turn(max_buffered_bytes=0), "max_buffered_bytes"),
        (lambda client, session: session.begin_turn().write("x", timeout=-1), "timeout"),
    ],
)
def test_what_cannot_be_is_refused(client: deepdub.Client, session: deepdub.TextSession, call, field: str) -> None:
    with pytest.raises(voicewire.InvalidArgumentError) as caught:
        call(client, session)
    assert caught.value.field == field
    assert speak(session, [TEXT])


def test_what_is_unknown_is_a_type_error(client: deepdub.Client, session: deepdub.TextSession) -> None:
    with pytest.raises(TypeError, match="tempo"):
        client.open_text_session(VOICE, tempo=1.0)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="tempo"):
        session.configure(tempo=1.0)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="text"):
        session.begin_turn().write(b"bytes")  # type: ignore[arg-type]


def test_a_ping_is_answered(session: deepdub.TextSession) -> None:
    assert session.wait_ready(PATIENCE)
    assert 0 < session.ping() < PATIENCE
    session.close()
    for call in (session.ping, session.begin_turn, session.wait_ready):
        with pytest.raises(voicewire.ClosedError):
            call()


def silent(sandbox: Sandbox, fault: str) -> deepdub.Client:
    return sandbox.client(streaming_url=f"{sandbox.deepdub_live_url}?fault={fault}")


def test_a_ping_that_nobody_answers_ends(sandbox: Sandbox) -> None:
    with silent(sandbox, "silent") as client, client.open_text_session(VOICE) as session:
        assert session.wait_ready(PATIENCE)
        with pytest.raises(voicewire.TimeoutError):
            session.ping(0.001)
        if sys.platform != "win32":
            interrupt(lambda: session.ping(None), elsewhere=True)


def full(client: deepdub.Client) -> deepdub.Turn:
    turn = client.open_text_session(VOICE, max_unsent_bytes=10).begin_turn()
    turn.write("12345")
    turn.write("67890")
    return turn


def test_a_write_without_room_waits_no_longer_than_it_may(sandbox: Sandbox) -> None:
    with silent(sandbox, "silent-handshake") as client:
        turn = full(client)
        for timeout in (0, 0.001):
            with pytest.raises(voicewire.TimeoutError) as caught:
                turn.write("!", timeout=timeout)
            assert caught.value.field == "max_unsent_bytes"
        if sys.platform != "win32":
            interrupt(lambda: turn.write("!"), elsewhere=True)
        threading.Timer(0, turn.cancel).start()
        with pytest.raises(voicewire.CancelledError):
            turn.write("!")


def test_a_write_without_room_leaves_the_loop_to_others(sandbox: Sandbox) -> None:
    async def main() -> None:
        with silent(sandbox, "silent-handshake") as client:
            turn = full(client)
            writing = asyncio.create_task(turn.awrite("!"))
            await asyncio.sleep(0)
            assert not writing.done()
            writing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await writing
            # Nobody knows how much of it was written.
            with pytest.raises(voicewire.CancelledError):
                await turn.__anext__()

    asyncio.run(asyncio.wait_for(main(), PATIENCE))


def test_a_turn_that_failed_never_looks_complete(client: deepdub.Client) -> None:
    with client.open_text_session("fault:error=Server,after=1") as session:
        turn = session.begin_turn()
        turn.write(STORY)
        turn.end()
        for _ in range(2):
            with pytest.raises(voicewire.ServerError) as caught:
                list(turn)
            assert caught.value.chunks_received == 1


def test_turns_end_with_their_client(client: deepdub.Client, session: deepdub.TextSession) -> None:
    turn = session.begin_turn()
    turn.write("And then")
    client.close()
    with pytest.raises(voicewire.CancelledError):
        list(turn)
    assert session.state == "closed"
    assert repr(session) == "<voicewire.deepdub.TextSession, closed>"
