"""Results go from process to process, and are copied; what is alive is referred to weakly."""

import copy
import gc
import pickle
import weakref
from typing import Any, Callable

import pytest
from conftest import TEXT, VOICE

from voicewire import deepdub

WAYS: "list[Callable[[Any], Any]]" = [
    *(lambda thing, protocol=protocol: pickle.loads(pickle.dumps(thing, protocol)) for protocol in range(2, 6)),
    copy.copy,
    copy.deepcopy,
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("format", ["wav", "mp3", "s16le"])
def test_a_speech_is_the_same_elsewhere(client: deepdub.Client, format: Any, way: Callable[[Any], Any]) -> None:
    speech = client.tts(TEXT, VOICE, format=format, sample_rate=16000)
    again = way(speech)
    assert type(again) is deepdub.Speech
    assert (again.data, again.samples, again.seconds) == (speech.data, speech.samples, speech.seconds)
    assert again.to_file_bytes() == speech.to_file_bytes()
    assert repr(again) == repr(speech) and repr(again.summary) == repr(speech.summary)
    # It is as good for a report.
    assert client.report(again, "fox").generation_id == speech.generation_id


@pytest.mark.parametrize("way", WAYS)
def test_a_summary_and_a_report_are_the_same_elsewhere(client: deepdub.Client, way: Callable[[Any], Any]) -> None:
    speech = client.tts(TEXT, VOICE)
    summary = way(speech.summary)
    for name in ("generation_id", "format", "chunks", "bytes", "first_chunk_seconds", "total_seconds", "retries"):
        assert getattr(summary, name) == getattr(speech.summary, name)
    issue = client.report(speech, "fox", problem_seconds=0.5, comments="é")
    assert way(issue) == issue and way(issue).additional_comments == "é"


def test_what_was_not_pickled_is_refused() -> None:
    from voicewire import _voicewire

    for restore in (_voicewire._restore_summary, _voicewire._restore_issue):
        with pytest.raises(ValueError, match="not what was pickled"):
            restore("{}")


def test_what_is_alive_may_be_referred_to_weakly(client: deepdub.Client) -> None:
    with client.open_session() as session, client.open_text_session(VOICE) as texts:
        alive = [client, session, session.speak(TEXT, VOICE), texts.begin_turn(), client.tts(TEXT, VOICE)]
        alive.append(client.stream_tts(TEXT, VOICE))
        referred = [weakref.ref(one) for one in alive]
        assert [one() for one in referred] == alive
        del alive
        gc.collect()
        assert [one() is None for one in referred] == [False, False, True, True, True, True]
