"""The playback buffer: tracks by hand, lines of sessions, and what threads may do to it."""

import array
import gc
import threading
from typing import List, Tuple

import pytest

import voicewire
from voicewire import deepdub
from voicewire.sandbox import Sandbox

from conftest import TEXT, VOICE, until


def player(**options: float) -> voicewire.Player:
    return voicewire.Player(**{"cushion_ms": 20, **options})  # type: ignore[arg-type]


def samples(data: bytes) -> List[float]:
    return array.array("f", data).tolist()


def ramp(count: int) -> "array.array[float]":
    return array.array("f", [(index + 1) / 65536 for index in range(count)])


def is_silent(data: bytes) -> bool:
    return not any(samples(data))


def read_all(player: voicewire.Player) -> List[float]:
    """Reads until there is nothing more; what was not silent."""
    heard: List[float] = []

    def is_idle() -> bool:
        idle = player.state().activity == "idle"
        heard.extend(sample for sample in samples(player.read(256)) if sample)
        return idle

    until(is_idle)
    return heard


def ends(player: voicewire.Player) -> List[Tuple[int, object, bool, int]]:
    found = iter(player.next_end, None)
    return [(end.id, end.error and type(end.error), end.flushed, end.frames_played) for end in found]


def test_what_goes_in_comes_out() -> None:
    buffer = player()
    track = buffer.begin(id=7)
    track.write_samples(ramp(300))
    state = buffer.state()
    assert (state.activity, state.track_id, state.track_frames, state.buffered_frames) == ("filling", 7, 300, 300)
    track.finish()
    assert samples(buffer.read(200)) == ramp(200).tolist()
    assert buffer.state().track_position == 200 and buffer.state().track_is_complete
    out = bytearray(b"\x55" * 403)
    buffer.read_into(out)
    assert samples(bytes(out[:400])) == ramp(300).tolist()[200:] and out[400:] == bytes(3)
    assert ends(buffer) == [(7, None, False, 300)] and buffer.next_end() is None
    assert buffer.state().activity == "idle" and buffer.state().track_id is None


def test_a_buffer_of_any_shape_is_filled() -> None:
    buffer = player(channels=2)
    with buffer.begin() as track:
        track.write_samples(ramp(8))
    floats = array.array("f", [1.0] * 8)
    buffer.read_into(memoryview(floats).cast("B").cast("f", (4, 2)))
    assert floats == ramp(8)
    buffer.read_into(bytearray())
    with pytest.raises(TypeError):
        buffer.read_into(bytes(16))
    with pytest.raises(TypeError):
        buffer.read_into(3)  # type: ignore[arg-type]


def test_chunks_of_a_call_are_played(client: deepdub.Client) -> None:
    buffer = player()
    written = b""
    with buffer.begin("s16le", 48000) as track:
        for chunk in client.stream_tts(TEXT, VOICE, format="s16le", sample_rate=48000):
            track.write(chunk)
            written += chunk.data
    read = array.array("h", written)
    heard = samples(buffer.read(len(read)))
    assert heard == [sample / 32768 for sample in read]
    assert ends(buffer) == [(0, None, False, len(read))]


def test_a_flush_is_silent_at_once_and_refuses_what_still_comes() -> None:
    buffer = player()
    first = buffer.begin(id=1)
    first.write_samples(ramp(3000))
    assert not is_silent(buffer.read(100))
    buffer.flush()
    assert is_silent(buffer.read(100))
    with pytest.raises(voicewire.CancelledError):
        first.write_samples(ramp(1))
    assert ends(buffer) == [(1, voicewire.CancelledError, True, 100)]


def test_a_pause_and_a_gain() -> None:
    buffer = player(gain=0.5)
    with buffer.begin() as track:
        track.write_samples(array.array("f", [0.5] * 3000))
    assert set(samples(buffer.read(256))) == {0.25}
    buffer.pause()
    buffer.read(256)
    assert buffer.state().activity == "paused" and is_silent(buffer.read(1000))
    buffer.resume()
    buffer.gain = 2
    assert samples(buffer.read(512))[-1] == 1.0 and buffer.gain == 2.0
    with pytest.raises(voicewire.InvalidArgumentError):
        buffer.gain = -1


def test_underruns_are_counted() -> None:
    buffer = player()
    track = buffer.begin(id=3)
    track.write_samples(array.array("f", [0.5] * 1000))
    buffer.read(1500)
    state = buffer.state()
    assert (state.underruns, state.underrun_frames, state.played_frames) == (1, 500, 1000)
    buffer.cushion_ms = 5
    assert buffer.cushion_ms == 5.0
    del track
    gc.collect()
    buffer.read(1)
    assert ends(buffer) == [(3, voicewire.CancelledError, False, 1000)]


def test_a_block_that_fails_ends_its_track_after_what_was_good() -> None:
    buffer = player()
    with pytest.raises(KeyError):
        with buffer.begin(id=4) as track:
            track.write_samples(ramp(50))
            raise KeyError
    assert samples(buffer.read(50)) == ramp(50).tolist()
    assert ends(buffer) == [(4, voicewire.CancelledError, False, 50)]
    with pytest.raises(voicewire.CancelledError):
        track.write(b"ab")


def test_arguments_that_cannot_be_are_refused() -> None:
    for options, field in [
        ({"sample_rate": 10}, "sample_rate"),
        ({"channels": 9}, "channels"),
        ({"cushion_ms": -1}, "cushion"),
        ({"cushion_ms": float("nan")}, "cushion"),
        ({"max_cushion_ms": 60001}, "max_cushion"),
        ({"max_buffered_ms": 0}, "max_buffered"),
        ({"gain": 9}, "gain"),
    ]:
        with pytest.raises(voicewire.InvalidArgumentError) as refused:
            player(**options)  # type: ignore[arg-type]
        assert refused.value.field == field
    buffer = player(channels=2)
    with pytest.raises(voicewire.InvalidArgumentError):
        buffer.begin("flac")  # type: ignore[arg-type]
    with pytest.raises(voicewire.InvalidArgumentError):
        buffer.begin().write_samples(ramp(3))
    with pytest.raises(voicewire.InvalidArgumentError):
        buffer.begin().write_samples(b"abc")
    with pytest.raises(OverflowError):
        buffer.read(-1)
    with pytest.raises(ValueError):
        buffer.read(2**62)


def test_lines_of_a_session_play_in_order_and_without_being_kept(client: deepdub.Client) -> None:
    buffer = player()
    with client.open_session() as session:
        for track_id in (1, 2, 3):
            session.speak(TEXT, VOICE, format="mp3", player=buffer, track_id=track_id)
        gc.collect()
        heard = read_all(buffer)
        assert len(heard) > 3 * 10_000
        found = ends(buffer)
        assert [end[:3] for end in found] == [(1, None, False), (2, None, False), (3, None, False)]
        with session.speak(TEXT, VOICE, format="s16le", sample_rate=48000, player=buffer) as line:
            assert list(line) == []
            assert line.summary.bytes > 0
        frames = buffer.state().buffered_frames
        assert frames * 2 == line.summary.bytes
    # It is played to its end although its session has been closed.
    read_all(buffer)
    assert ends(buffer) == [(0, None, False, frames)]


def test_a_cancelled_line_is_silent(client: deepdub.Client) -> None:
    buffer = player()
    with client.open_session() as session:
        line = session.speak(TEXT, VOICE, format="wav", player=buffer, track_id=5)
        until(lambda: line.is_ended)
        assert not is_silent(buffer.read(2000))
        line.cancel()
        assert is_silent(buffer.read(2000))
        assert ends(buffer) == [(5, voicewire.CancelledError, True, 2000)]
        with pytest.raises(TypeError):
            session.speak(TEXT, VOICE, player=3)  # type: ignore[arg-type]


def test_a_turn_is_played(client: deepdub.Client) -> None:
    buffer = player()
    with client.open_text_session(VOICE) as session:
        with session.begin_turn(player=buffer, track_id=8) as turn:
            turn.write("Once upon a time there was a fox. ")
            turn.end()
            assert list(turn) == []
        assert len(read_all(buffer)) > 10_000
        assert ends(buffer)[0][:3] == (8, None, False)


def test_a_flush_cancels_a_line_that_is_still_spoken(sandbox: Sandbox, client: deepdub.Client) -> None:
    buffer = player()
    with client.open_session() as session:
        line = session.speak(TEXT, VOICE, format="s16le", player=buffer)
        buffer.flush()
        # Unless all of it had come by then.
        try:
            list(line)
        except voicewire.CancelledError:
            pass
        buffer.read(1)
        assert ends(buffer) == [(0, voicewire.CancelledError, True, 0)]


def test_threads_may_do_everything_at_once() -> None:
    buffer = player()
    stop = threading.Event()

    def read() -> None:
        out = bytearray(1024)
        while not stop.is_set():
            buffer.read_into(out)
            buffer.read(10)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    told: List[int] = []
    for index in range(300):
        track = buffer.begin(id=index)
        try:
            track.write_samples(ramp(100))
            if index % 2:
                track.finish()
        finally:
            del track
        if index % 20 == 0:
            buffer.flush()
        told += [end.id for end in iter(buffer.next_end, None)]

    def everything_told() -> bool:
        told.extend(end.id for end in iter(buffer.next_end, None))
        return len(told) == 300

    until(everything_told)
    stop.set()
    for reader in readers:
        reader.join()
    assert told == list(range(300))


def test_buffers_of_another_kind_would_be_noise_and_are_refused() -> None:
    refused = (array.array("d", [0.5] * 480), array.array("h", [1] * 480), array.array("i", [1] * 480))
    own = player()
    track = own.begin()
    for buffer in refused:
        with pytest.raises(TypeError, match="float32"):
            own.read_into(buffer)
        with pytest.raises(TypeError, match="float32"):
            track.write_samples(buffer)
    own.read_into(array.array("f", [0.0] * 480))
    own.read_into(bytearray(4 * 480))
    own.read_into(memoryview(bytearray(4 * 480)).cast("f"))
    track.write_samples(array.array("f", [0.5] * 480))
    track.write_samples(bytes(4 * 480))
