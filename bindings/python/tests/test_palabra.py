"""Palabra: signing in, locks, cloning, problems."""

import pickle
import sys
import threading
from pathlib import Path
from typing import Any, Dict, List

import pytest
from conftest import PATIENCE, tone, until
from test_interrupt import Interruption

import voicewire
from voicewire import palabra
from voicewire.palabra import Progress
from voicewire.sandbox import Sandbox

QUICK: Dict[str, Any] = {"waiting_first": 0.001, "waiting_longest": 0.005}


@pytest.fixture
def voice_id(sandbox: Sandbox) -> str:
    (id,) = sandbox.steer_palabra(seed_voices=1)["voice_ids"]
    return str(id)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "ann.wav"
    path.write_bytes(tone(6))
    return path


def regenerations(sandbox: Sandbox) -> List[int]:
    return [request["status"] for request in sandbox.requests() if request["path"].endswith("/tts-sample")]


def test_both_ways_to_sign_in(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(voicewire.InvalidArgumentError) as caught:
        palabra.Client()
    assert caught.value.field == "api_key"
    id, secret = sandbox.palabra_login
    clients = [
        palabra.Client(sandbox.palabra_api_key, base_url=sandbox.palabra_url),
        palabra.Client(client_id=id, client_secret=secret, base_url=sandbox.palabra_url),
        sandbox.palabra_client(client_id=id, client_secret=secret),
    ]
    monkeypatch.setenv("PALABRA_API_URL", sandbox.palabra_url)
    monkeypatch.setenv("PALABRA_CLIENT_ID", id)
    monkeypatch.setenv("PALABRA_CLIENT_SECRET", secret)
    clients.append(palabra.Client())
    for client in clients:
        assert client.get_limits().total == 0
        shown = repr(client) + repr(vars(client))
        assert secret not in shown and sandbox.palabra_api_key not in shown and sandbox.base_url in shown
        with pytest.raises(TypeError, match="pickle"):
            pickle.dumps(client)
        client.close()
    with pytest.raises(voicewire.UnauthorizedError):
        palabra.Client("pl-wrong", base_url=sandbox.palabra_url).get_limits()


@pytest.mark.parametrize(
    ("field", "options"),
    [
        ("api_key", {"api_key": ""}),
        ("api_key", {"api_key": "k", "client_id": "i", "client_secret": "s"}),
        ("client_secret", {"client_id": "i"}),
        ("client_id", {"client_secret": "s"}),
        ("base_url", {"api_key": "k", "base_url": "http://example.com"}),
        ("retries", {"api_key": "k", "retries": -1}),
        ("idle_timeout", {"api_key": "k", "idle_timeout": 0}),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(field: str, options: Dict[str, Any]) -> None:
    with pytest.raises(voicewire.InvalidArgumentError) as caught:
        palabra.Client(**options)
    assert caught.value.field == field


def test_the_language_codes_of_the_page() -> None:
    assert len(palabra.LANG_CODES) == len(set(palabra.LANG_CODES)) > 60
    assert {"en-us", "zh-hant", "fil", "auto", "yue"} <= set(palabra.LANG_CODES)


def test_a_lock_is_no_missing_permission(sandbox: Sandbox, cloner: palabra.Client, voice_id: str) -> None:
    sandbox.steer_palabra(lock_voice={"voice_id": voice_id, "times": 1})
    with pytest.raises(voicewire.LockedError) as locked:
        cloner.regenerate_sample(voice_id, "en-us")
    assert not isinstance(locked.value, voicewire.UnauthorizedError)
    builtin = next(cloner.list_builtin_voices()).voice_id
    with pytest.raises(voicewire.UnauthorizedError) as forbidden:
        cloner.regenerate_sample(str(builtin), "en-us")
    assert not isinstance(forbidden.value, voicewire.LockedError)
    assert locked.value.http_status == forbidden.value.http_status == 403
    assert regenerations(sandbox) == [403, 403]


@pytest.mark.parametrize("wait", [True, 60, 60.0])
def test_a_lock_is_waited_out(sandbox: Sandbox, cloner: palabra.Client, voice_id: str, wait: "bool | float") -> None:
    sandbox.steer_palabra(lock_voice={"voice_id": voice_id, "times": 2})
    sample = cloner.regenerate_sample(voice_id, "DE", wait=wait, **QUICK)
    assert sample.text is not None and sample.text.lang == "de"
    assert regenerations(sandbox) == [403, 403, 200]


@pytest.mark.parametrize("wait", [None, False, 0])
def test_a_lock_is_not_waited_for_longer_than_was_asked(
    sandbox: Sandbox, cloner: palabra.Client, voice_id: str, wait: "bool | float | None"
) -> None:
    sandbox.steer_palabra(lock_voice={"voice_id": voice_id, "times": 1000})
    with pytest.raises(voicewire.LockedError):
        cloner.regenerate_sample(voice_id, "de", wait=wait, **QUICK)
    assert regenerations(sandbox) == [403]
    for wrong in (-1, "long", [3]):
        with pytest.raises(voicewire.InvalidArgumentError) as caught:
            cloner.regenerate_sample(voice_id, "de", wait=wrong)  # type: ignore[arg-type]
        assert caught.value.field == "wait" and "True for as long as it takes" in str(caught.value)


def test_problem_details_reach_the_user_whole(cloner: palabra.Client) -> None:
    with pytest.raises(voicewire.RejectedInputError) as caught:
        cloner.get_voice("nonsense")
    problem = caught.value.problem
    assert problem is not None
    assert problem.type == caught.value.vendor_type and str(problem.type).startswith("https://")
    assert (problem.status, problem.title, problem.error_code) == (422, "Validation error", 422)
    assert problem.detail == caught.value.message
    assert str(problem.instance).startswith("urn:uuid:") and str(problem.instance) in str(caught.value)
    copied = pickle.loads(pickle.dumps(caught.value))
    assert type(copied) is type(caught.value) and copied.problem == problem
    assert problem != voicewire.Problem(title="Validation error")
    assert repr(voicewire.Problem(title="No", error_code=3)) == '<voicewire.Problem "No": None, error code 3>'


def test_a_voice_is_cloned_in_one_call(
    sandbox: Sandbox, cloner: palabra.Client, recording: Path, tmp_path: Path
) -> None:
    told: List[Progress] = []
    voice = cloner.clone(
        "Ann",
        recording,
        lang_code="en-us",
        description="A tone",
        labels={"mood": "calm"},
        denoise=True,
        on_progress=told.append,
        **QUICK,
    )
    assert (voice.name, voice.description, voice.labels) == ("Ann", "A tone", {"mood": "calm"})
    assert voice.processing_status == "ready"
    uploaded = [progress for progress in told if progress.stage == "uploading"]
    assert uploaded[-1].done == uploaded[-1].total > recording.stat().st_size
    assert (told[-1].stage, told[-1].done, told[-1].total, told[-1].voice_id) == ("processing", 1, 1, voice.voice_id)
    assert [one.voice_id for one in cloner.list_voices()] == [voice.voice_id]
    announced = next(request["body"] for request in sandbox.requests() if request["path"] == "/saas/voice/clone")
    assert announced["data"]["samples"][0]["lang_code"] == "en-us" and announced["data"]["samples"][0]["denoise"] is True
    sample = cloner.regenerate_sample(str(voice.voice_id), "fr", wait=True, **QUICK)
    assert cloner.download(sample, tmp_path / "fr.wav").read_bytes().startswith(b"RIFF")


def test_a_voice_that_cannot_be_made(sandbox: Sandbox, cloner: palabra.Client, recording: Path, tmp_path: Path) -> None:
    sandbox.steer_palabra(fail_voice="Too noisy")
    with pytest.raises(voicewire.ServerError, match="Too noisy") as noisy:
        cloner.clone("Ann", recording, lang_code="en-us", **QUICK)
    assert noisy.value.voice_id == next(cloner.list_voices()).voice_id
    (tmp_path / "text.wav").write_text("This is no audio. " * 1000)
    with pytest.raises(voicewire.Error) as caught:
        cloner.clone("Bob", tmp_path / "text.wav", lang_code="en-us", **QUICK)
    assert caught.value.kind in ("server", "rejected_input")


@pytest.mark.parametrize(
    ("error", "field", "arguments"),
    [
        (voicewire.InvalidArgumentError, "name", {"name": " "}),
        (voicewire.InvalidArgumentError, "audio", {"audio": "ann.txt"}),
        (voicewire.InvalidArgumentError, "audio", {"audio": ""}),
        (voicewire.InvalidArgumentError, "audio", {"audio": b"RIFF"}),
        (voicewire.FileError, "audio", {"audio": "nothing-here.wav"}),
        (voicewire.InvalidArgumentError, "lang_code", {"lang_code": "klingon"}),
        (voicewire.InvalidArgumentError, "waiting_first", {"waiting_first": 0}),
        (voicewire.InvalidArgumentError, "waiting_limit", {"waiting_limit": -1}),
    ],
)
def test_what_is_wrong_with_a_clone_is_told_before_anything_is_sent(
    sandbox: Sandbox,
    cloner: palabra.Client,
    recording: Path,
    error: "type[voicewire.Error]",
    field: str,
    arguments: Dict[str, Any],
) -> None:
    with pytest.raises(error) as caught:
        cloner.clone(**{"name": "Ann", "audio": recording, **arguments})
    assert (caught.value.field, caught.value.voice_id) == (field, None)
    with pytest.raises(TypeError, match="labels"):
        cloner.clone("Ann", recording, labels={"mood": object()})
    assert sandbox.requests() == []


def test_a_clone_is_stopped_by_its_callback(sandbox: Sandbox, cloner: palabra.Client, recording: Path) -> None:
    with pytest.raises(voicewire.CancelledError):
        cloner.clone(
            "Ann", recording, lang_code="en-us", on_progress=lambda progress: progress.stage != "processing", **QUICK
        )

    def on_progress(progress: Progress) -> None:
        raise KeyError(progress.stage)

    with pytest.raises(KeyError, match="uploading") as caught:
        cloner.clone("Ann", recording, lang_code="en-us", on_progress=on_progress, **QUICK)
    # Whatever it was that ended it: the voice is there, and can be deleted.
    cloner.delete_voice(caught.value.voice_id)  # type: ignore[attr-defined]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("what", ["clone", "lock"])
def test_ctrl_c_ends_the_longest_wait(
    sandbox: Sandbox, cloner: palabra.Client, recording: Path, voice_id: str, what: str
) -> None:
    hours: Dict[str, Any] = {"waiting_first": 3600, "waiting_longest": 3600}
    sandbox.hold_processing()
    sandbox.steer_palabra(lock_voice={"voice_id": voice_id, "times": 1000})
    waiting = threading.Event()

    def on_progress(progress: Progress) -> None:
        if progress.stage == "processing":
            waiting.set()

    condition = waiting.is_set if what == "clone" else lambda: bool(regenerations(sandbox))
    with Interruption(condition), pytest.raises(KeyboardInterrupt) as caught:
        if what == "clone":
            cloner.clone(
                "Ann", recording, lang_code="en-us", waiting_limit=None, on_progress=on_progress, **hours
            )
        else:
            cloner.regenerate_sample(voice_id, "de", wait=True, **hours)
    if what == "clone":
        assert cloner.get_voice(caught.value.voice_id).name == "Ann"  # type: ignore[attr-defined]


def test_a_token_ends_the_wait_for_a_lock(sandbox: Sandbox, cloner: palabra.Client, voice_id: str) -> None:
    sandbox.steer_palabra(lock_voice={"voice_id": voice_id, "times": 1000})
    token = voicewire.CancelToken()
    thread = threading.Thread(target=lambda: (until(lambda: regenerations(sandbox)), token.cancel()))
    thread.start()
    with pytest.raises(voicewire.CancelledError):
        cloner.regenerate_sample(voice_id, "de", wait=True, waiting_first=3600, waiting_longest=3600, cancel=token)
    thread.join(PATIENCE)


def test_a_list_goes_on_by_its_token(sandbox: Sandbox, cloner: palabra.Client) -> None:
    ids = sandbox.steer_palabra(seed_voices=60)["voice_ids"]
    voices = cloner.list_voices(page_size=25)
    assert voices.count is None
    assert {voice.voice_id for voice in voices} == set(ids)
    fetched = [request for request in sandbox.requests() if request["path"] == "/saas/voice"]
    assert len(fetched) == 3
    assert [len(page.items) for page in cloner.list_voices(page_size=25).pages()] == [25, 25, 10]
    assert len(list(cloner.list_samples(page_size=25))) == 60


def test_the_account_s_limit(sandbox: Sandbox, cloner: palabra.Client, recording: Path) -> None:
    sandbox.steer_palabra(voice_limit=0)
    limits = cloner.get_limits()
    assert (limits.limit, limits.remaining) == (0, 0)
    with pytest.raises(voicewire.QuotaExceededError) as caught:
        cloner.clone("Ann", recording, lang_code="en-us", **QUICK)
    assert caught.value.problem is not None and caught.value.problem.detail


def test_a_clone_that_fails_names_the_voice_that_it_leaves(
    sandbox: Sandbox, cloner: palabra.Client, recording: Path
) -> None:
    sandbox.steer_palabra(fail_voice="Two people are speaking")
    with pytest.raises(voicewire.ServerError, match="Two people are speaking") as caught:
        cloner.clone("Ann", recording, lang_code="en-us", **QUICK)
    (left,) = cloner.list_voices()
    assert left.voice_id in caught.value.message


def test_a_bar_is_drawn_if_asked_for(
    capsys: "pytest.CaptureFixture[str]", cloner: palabra.Client, recording: Path
) -> None:
    cloner.clone("Ann", recording, lang_code="en-us", **QUICK)
    assert capsys.readouterr() == ("", "")
    cloner.clone("Ann", recording, lang_code="en-us", progress=True, **QUICK)
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[-1]) == ("", "processing 1 of 1")
