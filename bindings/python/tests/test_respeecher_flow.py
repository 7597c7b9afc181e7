"""From text or audio to finished files, in one call."""

import io
import pickle
import sys
import threading
from itertools import islice
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Union

import pytest
from conftest import PATIENCE, assert_whole, tone, until
from test_interrupt import Interruption

import voicewire
from voicewire import respeecher
from voicewire.respeecher import Conversion, Progress, Voice
from voicewire.sandbox import Sandbox

PARAGRAPHS = [
    "Alice was beginning to get very tired of sitting by her sister on the bank, and of having nothing to do: once or "
    "twice she had peeped into the book her sister was reading, but it had no pictures or conversations in it, “and what "
    "is the use of a book,” thought Alice “without pictures or conversations?”",
    "So she was considering in her own mind (as well as she could, for the hot day made her feel very sleepy and stupid), "
    "whether the pleasure of making a daisy-chain would be worth the trouble of getting up and picking the daisies, when "
    "suddenly a White Rabbit with pink eyes ran close by her.",
    "There was nothing so very remarkable in that; nor did Alice think it so very much out of the way to hear the Rabbit "
    "say to itself, “Oh dear! Oh dear! I shall be late!”",
]
QUICK: Dict[str, Any] = {"polling_first": 0.001, "polling_longest": 0.005, "polling_limit": 60}
FOR_HOURS: Dict[str, Any] = {"polling_first": 3600, "polling_longest": 3600, "polling_limit": None}


@pytest.fixture
def voices(market: respeecher.Client) -> List[Voice]:
    return [voice for voice in market.list_voices() if voice.available]


def names(directory: Path) -> List[str]:
    return sorted(path.name for path in directory.iterdir()) if directory.exists() else []


def ordered(sandbox: Sandbox) -> List[int]:
    """How many conversions each order was for."""
    orders = [request["body"] for request in sandbox.requests() if request["path"] == "/api/v2/orders"]
    return [len(order["conversions"]) for order in orders]


def outcome_of(error: BaseException) -> respeecher.Outcome:
    outcome: Optional[respeecher.Outcome] = getattr(error, "outcome", None)
    assert isinstance(outcome, respeecher.Outcome)
    return outcome


def test_three_paragraphs_and_two_voices_become_six_named_files(
    sandbox: Sandbox, market: respeecher.Client, voices: Sequence[Voice], tmp_path: Path
) -> None:
    two = voices[:2]
    folder_id = None
    for number, text in enumerate(PARAGRAPHS, 1):
        told: List[Progress] = []
        outcome = market.convert(
            text,
            voices=two,
            directory=tmp_path,
            label=f"alice {number}",
            language="en",
            folder_id=folder_id,
            on_progress=told.append,
            **QUICK,
        )
        assert outcome.failures == () and [file.index for file in outcome.files] == [0, 1]
        for file, voice in zip(outcome.files, two):
            assert_whole(file.path)
            assert file.bytes == file.path.stat().st_size
            assert file.recording.voice_id == voice.id
        stages = list(dict.fromkeys(progress.stage for progress in told))
        assert stages == ["preparing", "processing", "ordering", "converting", "downloading"]
        assert (told[0].done, told[0].total, told[0].recording_id) == (0, 1, None)
        assert (told[-1].done, told[-1].total, told[-1].recording_id) == (2, 2, outcome.recording_id)
        folder_id = outcome.folder_id
    assert names(tmp_path) == sorted(
        f"alice {number}-{voice.name}-{voice.narration_styles[0].info.name}.wav" for number in (1, 2, 3) for voice in two
    )
    assert len(list(market.list_projects())) == 1, "the folder was used again"
    spoken = [request["body"] for request in sandbox.requests() if request["path"] == "/api/v2/recordings/tts"]
    assert [body["text"] for body in spoken] == PARAGRAPHS
    assert {body["text_language"] for body in spoken} == {"en"}


def test_voices_may_be_named_by_their_ids(
    market: respeecher.Client, voices: Sequence[Voice], tmp_path: Path
) -> None:
    outcome = market.convert(
        "Hello.", voices=[voices[1].id, voices[0]], directory=tmp_path, place="Greetings", **QUICK
    )
    assert [file.recording.voice_id for file in outcome.files] == [voices[1].id, voices[0].id]
    assert [project.name for project in market.list_projects()] == ["Greetings"]
    with pytest.raises(voicewire.InvalidArgumentError, match="nobody") as caught:
        market.convert("Hello.", voices=["nobody"], directory=tmp_path)
    assert caught.value.field == "voices"
    assert outcome_of(caught.value).files == ()
    for voice in (voices[0], voices[0].id):
        assert len(market.convert("Hello.", voices=voice, directory=tmp_path, **QUICK).files) == 1


def test_voices_may_be_anything_to_go_through(
    market: respeecher.Client, voices: Sequence[Voice], tmp_path: Path
) -> None:
    forms: List[Callable[[], Iterable[Union[Voice, str]]]] = [
        lambda: iter(voices[:2]),
        lambda: (voice.id for voice in voices[:2]),
        lambda: islice(market.list_voices(), 2),
        lambda: {voice.id: voice for voice in voices[:2]},
    ]
    for form in forms:
        assert len(market.convert("Hello.", voices=form(), directory=tmp_path, **QUICK).files) == 2
    conversions = (Conversion(voice.id, voice.narration_styles[0].id) for voice in voices[:2])
    assert len(market.convert("Hello.", conversions=conversions, directory=tmp_path, **QUICK).files) == 2
    for no_conversion in ({"voice_id": voices[0].id}, None):
        for order in (
            lambda: market.create_order("x", [no_conversion]),  # type: ignore[list-item]
            lambda: market.convert("Hello.", conversions=[no_conversion], directory=tmp_path),  # type: ignore[list-item]
        ):
            with pytest.raises(voicewire.InvalidArgumentError, match="Conversion") as caught:
                order()
            assert caught.value.field == "conversions"
    for nobody in ([], iter([]), [None], [voices[0], 1]):
        with pytest.raises(voicewire.InvalidArgumentError) as caught:
            market.convert("Hello.", voices=nobody, directory=tmp_path)  # type: ignore[arg-type]
        assert caught.value.field == "voices"


@pytest.mark.parametrize("form", ["path", "bytes"])
def test_audio_is_uploaded_and_converted(
    market: respeecher.Client, voices: Sequence[Voice], tmp_path: Path, form: str
) -> None:
    voice = voices[0]
    (tmp_path / "tone.wav").write_bytes(tone())
    told: List[Progress] = []
    outcome = market.convert(
        tmp_path / "tone.wav" if form == "path" else tone(),
        voices=[voice],
        conversions=[Conversion(voice.id, accent_id=voice.accents[1].id, semitones_correction=-2, label="a/../b.c")],
        directory=tmp_path / "new" / "takes",
        on_progress=told.append,
        **QUICK,
    )
    uploaded = [progress for progress in told if progress.stage == "uploading"]
    assert uploaded[-1].done == uploaded[-1].total > len(tone())
    first, second = (file.path for file in outcome.files)
    assert first.parent == tmp_path / "new" / "takes"
    assert first.name.startswith("a____b_c-") and second.name.startswith("recording-")
    assert_whole(first)
    assert_whole(second)
    assert outcome.recording is not None
    assert outcome.recording.file_name is not None and outcome.recording.tts is False


def test_it_goes_where_it_is_told_with_the_calibration_it_is_told(
    sandbox: Sandbox, market: respeecher.Client, voices: Sequence[Voice], tmp_path: Path
) -> None:
    project = market.create_project("Alice")
    calibration = market.create_calibration("Mine", tone())
    outcome = market.convert(
        tone(),
        voices=voices[0],
        directory=str(tmp_path),
        project_id=project.id,
        place="Chapter 1",
        label="scale",
        file_name="scale.wav",
        calibration_id=calibration.id,
        **QUICK,
    )
    assert outcome.project_id == project.id
    assert [folder.name for folder in market.list_folders(project.id)] == ["Chapter 1"]
    assert outcome.recording is not None and outcome.recording.label == "scale"
    order = next(request["body"] for request in sandbox.requests() if request["path"] == "/api/v2/orders")
    assert (order["calibration_id"], order["use_calibration"]) == (calibration.id, True)


def test_one_that_fails_does_not_keep_the_others(
    sandbox: Sandbox, market: respeecher.Client, voices: Sequence[Voice], tmp_path: Path
) -> None:
    six = voices[:6]
    sandbox.steer_respeecher(fail_conversion={"nth": 2, "reason": "The voice got a cold"})
    with pytest.raises(voicewire.ServerError) as caught:
        market.convert(PARAGRAPHS[2], voices=six, directory=tmp_path, label="rabbit", **QUICK)
    message = caught.value.message
    assert "1 of 6" in message and str(six[1].name) in message and "The voice got a cold" in message
    outcome = outcome_of(caught.value)
    assert caught.value.outcome is outcome
    copied = pickle.loads(pickle.dumps(caught.value))
    assert copied.outcome.files == outcome.files and str(copied) == str(caught.value)
    assert [file.index for file in outcome.files] == [0, 2, 3, 4, 5]
    for file in outcome.files:
        assert_whole(file.path)
    (failure,) = outcome.failures
    assert failure.index == 1 and failure.conversion_id is not None
    assert isinstance(failure.error, voicewire.ServerError) and "The voice got a cold" in str(failure.error)

    # Resumed, the failed one alone is ordered again.
    outcome = market.convert(
        recording_id=outcome.recording_id, voices=six, directory=tmp_path, label="rabbit", **QUICK
    )
    assert len(outcome.files) == len(names(tmp_path)) == 6
    assert ordered(sandbox) == [6, 1]


def test_credits_that_run_out_in_the_middle_leave_what_was_paid_for(
    sandbox: Sandbox, market: respeecher.Client, voices: Sequence[Voice], tmp_path: Path
) -> None:
    sandbox.steer_respeecher(credits=1)
    with pytest.raises(voicewire.InsufficientCreditsError) as caught:
        market.convert("One.", voices=voices[:2], directory=tmp_path, **QUICK)
    outcome = outcome_of(caught.value)
    assert (len(outcome.files), len(outcome.failures)) == (1, 1)
    assert isinstance(outcome.failures[0].error, voicewire.InsufficientCreditsError)
    assert str(outcome.failures[0].conversion_id) in caught.value.message
    assert_whole(outcome.files[0].path)
    # Nothing is left: the order itself is refused.
    with pytest.raises(voicewire.InsufficientCreditsError) as refused:
        market.convert("Two.", voices=voices[:2], directory=tmp_path, label="two", **QUICK)
    outcome = outcome_of(refused.value)
    assert outcome.recording_id is not None and outcome.folder_id is not None
    assert len(names(tmp_path)) == 1
    sandbox.steer_respeecher(credits=10)
    again = market.convert(
        recording_id=outcome.recording_id, voices=voices[:2], directory=tmp_path, label="two", **QUICK
    )
    assert len(again.files) == 2 and len(names(tmp_path)) == 3


def test_a_download_that_breaks_off_is_repeated_and_the_file_is_whole(
    sandbox: Sandbox, market: respeecher.Client, voices: Sequence[Voice], tmp_path: Path
) -> None:
    sandbox.inject("half,on=GET /files")
    outcome = market.convert(PARAGRAPHS[1], voices=voices[:1], directory=tmp_path, **QUICK)
    assert_whole(outcome.files[0].path)
    assert len([request for request in sandbox.requests() if request["path"].startswith("/files/")]) == 2


def test_a_download_that_never_comes_to_its_end_leaves_no_file(
    sandbox: Sandbox, market: respeecher.Client, voices: Sequence[Voice], tmp_path: Path
) -> None:
    with sandbox.respeecher_client(retries=0) as client:
        sandbox.inject("half,on=GET /files")
        with pytest.raises(voicewire.NetworkError) as caught:
            client.convert("Hello.", voices=voices[:1], directory=tmp_path, **QUICK)
    outcome = outcome_of(caught.value)
    assert (len(outcome.files), len(outcome.failures)) == (0, 1)
    assert names(tmp_path) == []


@pytest.mark.parametrize("stage", ["preparing", "processing", "ordering", "converting", "downloading"])
def test_it_can_be_stopped_at_any_stage_and_resumed(
    sandbox: Sandbox, market: respeecher.Client, voices: Sequence[Voice], tmp_path: Path, stage: str
) -> None:
    two = voices[:2]
    with pytest.raises(voicewire.CancelledError) as caught:
        market.convert(
            "Hello.", voices=two, directory=tmp_path, on_progress=lambda progress: progress.stage != stage, **QUICK
        )
    assert names(tmp_path) == []
    outcome = outcome_of(caught.value)
    if stage == "preparing":
        assert outcome.recording_id is None and ordered(sandbox) == []
        return
    again = market.convert(recording_id=outcome.recording_id, voices=two, directory=tmp_path, **QUICK)
    assert len(again.files) == 2
    assert sum(ordered(sandbox)) == 2, "nothing is paid for twice"


def test_what_the_callback_raises_ends_it_and_is_raised(
    market: respeecher.Client, voices: Sequence[Voice], tmp_path: Path
) -> None:
    def on_progress(progress: Progress) -> None:
        if progress.stage == "converting":
            raise KeyError("enough")

    with pytest.raises(KeyError, match="enough") as caught:
        market.convert("Hello.", voices=voices[:1], directory=tmp_path, on_progress=on_progress, **QUICK)
    assert outcome_of(caught.value).recording_id is not None
    assert names(tmp_path) == []
    with pytest.raises(TypeError, match="a callable wanted"):
        market.create_recording("x", tone(), on_progress=3)  # type: ignore[arg-type]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_the_longest_wait(
    sandbox: Sandbox, market: respeecher.Client, voices: Sequence[Voice], tmp_path: Path
) -> None:
    sandbox.hold_processing()
    waiting = threading.Event()

    def on_progress(progress: Progress) -> None:
        if progress.stage == "processing":
            waiting.set()

    with Interruption(waiting.is_set), pytest.raises(KeyboardInterrupt) as caught:
        market.convert("Hello.", voices=voices[:1], directory=tmp_path, on_progress=on_progress, **FOR_HOURS)
    sandbox.hold_processing(False)
    id = outcome_of(caught.value).recording_id
    assert len(market.convert(recording_id=id, voices=voices[:1], directory=tmp_path, **QUICK).files) == 1


@pytest.mark.parametrize("way", ["token", "close"])
def test_another_thread_ends_the_longest_wait(
    sandbox: Sandbox, voices: Sequence[Voice], tmp_path: Path, way: str
) -> None:
    client = sandbox.respeecher_client()
    token = voicewire.CancelToken()
    sandbox.hold_processing()
    waiting = threading.Event()

    def on_progress(progress: Progress) -> None:
        if progress.stage == "processing":
            waiting.set()

    def stop() -> None:
        until(waiting.is_set)
        token.cancel() if way == "token" else client.close()

    thread = threading.Thread(target=stop)
    thread.start()
    with pytest.raises(voicewire.CancelledError) as caught:
        client.convert(
            "Hello.", voices=voices[:1], directory=tmp_path, on_progress=on_progress, cancel=token, **FOR_HOURS
        )
    thread.join(PATIENCE)
    assert outcome_of(caught.value).recording_id is not None


def test_waiting_has_an_end(
    sandbox: Sandbox, market: respeecher.Client, voices: Sequence[Voice], tmp_path: Path
) -> None:
    sandbox.hold_processing()
    with pytest.raises(voicewire.TimeoutError) as caught:
        market.convert(
            "Hello.", voices=voices[:1], directory=tmp_path, polling_first=0.01, polling_longest=0.01, polling_limit=0.1
        )
    assert caught.value.field == "polling_limit"
    assert outcome_of(caught.value).recording_id is not None


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("source", {"source": None}),
        ("source", {"recording_id": "r"}),
        ("source", {"source": " "}),
        ("language", {"language": ""}),
        ("semitones_correction", {"conversions": [Conversion("v", "s", semitones_correction=float("inf"))]}),
        ("recording_id", {"source": None, "recording_id": " "}),
        ("source", {"source": b""}),
        ("conversions", {"conversions": []}),
        ("voice_id", {"conversions": [Conversion("", "s")]}),
        ("narration_style_id", {"conversions": [Conversion("v")]}),
        ("directory", {"directory": ""}),
        ("place", {"place": ""}),
        ("folder_id", {"folder_id": ""}),
        ("polling_first", {"polling_first": 0}),
        ("polling_longest", {"polling_longest": 0}),
        ("polling_first", {"polling_first": -1}),
        ("polling_limit", {"polling_limit": -1}),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_made(
    sandbox: Sandbox, market: respeecher.Client, tmp_path: Path, field: str, arguments: Dict[str, Any]
) -> None:
    good = {"source": "Hello.", "conversions": [Conversion("v", "s")], "directory": tmp_path, **QUICK}
    with pytest.raises(voicewire.InvalidArgumentError) as caught:
        market.convert(**{**good, **arguments})
    assert caught.value.field == field and caught.value.message.startswith(f"{field} is ")
    assert caught.value.message in str(caught.value)
    assert outcome_of(caught.value).recording_id is None
    assert [request for request in sandbox.requests() if request["method"] != "GET"] == []


def test_a_file_that_is_not_there_is_told_before_anything_is_made(
    sandbox: Sandbox, market: respeecher.Client, tmp_path: Path
) -> None:
    with pytest.raises(voicewire.FileError, match="nothing.wav"):
        market.convert(tmp_path / "nothing.wav", voices=["v"], directory=tmp_path)
    assert sandbox.requests() == []


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def drawn(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, market: respeecher.Client, directory: Path, **options: Any
) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    voices = [voice for voice in market.list_voices() if voice.available][:2]
    market.convert("Hello.", voices=voices, directory=directory, **QUICK, **options)
    return stream.getvalue()


def test_a_bar_is_drawn_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capfd: "pytest.CaptureFixture[str]", market: respeecher.Client, tmp_path: Path
) -> None:
    lines = drawn(monkeypatch, Terminal(), market, tmp_path).split("\r")
    assert lines[0] == "" and "converting  [########################] 2 of 2" in [line.strip() for line in lines]
    assert lines[-1].strip() == "downloading [########################] 2 of 2" and lines[-1].endswith("\n")
    assert all(len(line.rstrip()) < 80 for line in lines)
    assert capfd.readouterr().out == ""


def test_a_bar_is_no_wider_than_the_terminal(
    monkeypatch: pytest.MonkeyPatch, market: respeecher.Client, tmp_path: Path
) -> None:
    monkeypatch.setattr("voicewire._progress.columns", lambda _: 30)
    lines = drawn(monkeypatch, Terminal(), market, tmp_path).split("\r")
    assert max(len(line.rstrip()) for line in lines) == 29


def test_elsewhere_a_bar_is_lines_and_only_if_asked_for(
    monkeypatch: pytest.MonkeyPatch, market: respeecher.Client, tmp_path: Path
) -> None:
    assert drawn(monkeypatch, io.StringIO(), market, tmp_path) == ""
    assert drawn(monkeypatch, Terminal(), market, tmp_path, progress=False) == ""
    lines = drawn(monkeypatch, io.StringIO(), market, tmp_path, progress=True).splitlines()
    assert lines[0] == "preparing 0 of 1" and lines[-1] == "downloading 2 of 2"
    assert "converting 2 of 2" in lines
