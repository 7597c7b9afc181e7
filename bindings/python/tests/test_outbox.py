"""Reports that wait in a directory until the service has them."""

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Iterator, List

import pytest
from conftest import INSTANT, PATIENCE, TEXT, VOICE, asked, until

import voicewire
from voicewire import deepdub
from voicewire.sandbox import Sandbox

REPORT = {"generation_id": "6b5b1f0e-0d5b-4f0c-9a55-0a6a3f1c2d3e", "generated_text": TEXT, "voice_prompt_id": VOICE}


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[deepdub.Outbox]:
    with deepdub.Outbox(tmp_path / "outbox") as outbox:
        yield outbox


@pytest.fixture
def offline() -> deepdub.Client:
    """Nobody listens there: the discard port of this machine."""
    return deepdub.Client(
        deepdub.TRIAL_KEY, rest_url="http://127.0.0.1:9/api/v1", retries=0, retry_first_delay=0.01, retry_max_delay=0.01
    )


def add(outbox: deepdub.Outbox, word: str, **more: object) -> str:
    return outbox.add(problem_word=word, **REPORT, **more)  # type: ignore[arg-type]


def words(outbox: deepdub.Outbox, state: str) -> List["str | None"]:
    return [report.problem_word for report in outbox if report.state == state]


def test_a_report_outlives_its_process_its_clip_and_a_lost_network(
    sandbox: Sandbox, client: deepdub.Client, offline: deepdub.Client, tmp_path: Path
) -> None:
    clip = tmp_path / "clip.wav"
    clip.write_bytes(b"RIFF....")
    place = tmp_path / "outbox"
    program = (
        "import sys; from voicewire import deepdub; "
        "print(deepdub.Outbox(sys.argv[1]).add(generation_id='g', generated_text='t', problem_word='fox', "
        "voice_prompt_id='v', problem_audio=sys.argv[2], problem_seconds=0.1, additional_comments='no'))"
    )
    done = subprocess.run([sys.executable, "-c", program, place, clip], capture_output=True, text=True, check=True)
    id = done.stdout.strip()
    clip.unlink()
    before = time.time()

    outbox = deepdub.Outbox(str(place))
    summary = outbox.send(offline)
    assert (summary.delivered, summary.rejected, summary.waiting) == (0, 0, 1)
    assert isinstance(summary.error, voicewire.NetworkError)
    (waiting,) = outbox.list()
    assert (waiting.id, waiting.state, waiting.attempts, waiting.clip_bytes) == (id, "waiting", 1, 8)
    assert waiting.last_error_kind == "network" and waiting.last_error
    assert waiting.issue_id is None and waiting.delivered is None
    assert waiting.created is not None and before - PATIENCE < waiting.created <= before

    told: List[deepdub.StoredReport] = []
    summary = outbox.deliver(client, timeout=PATIENCE, on_report=told.append)
    assert (summary.delivered, summary.waiting, summary.error) == (1, 0, None)
    (delivered,) = outbox
    assert [report.issue_id for report in told] == [delivered.issue_id]
    assert delivered.issue_id is not None and delivered.delivered is not None
    issue = client.get_issue(delivered.issue_id)
    assert (issue.generation_id, issue.generated_text, issue.problem_word) == ("g", "t", "fox")
    assert (issue.voice_prompt_id, issue.additional_comments, issue.problem_seconds) == ("v", "no", 0.1)
    assert sandbox.issue_audio(issue.id) == b"RIFF...."
    assert json.loads(json.dumps(delivered.to_dict()))["issue_id"] == issue.id
    assert len(outbox) == 1 and outbox.path == place
    assert id in repr(delivered) and "1 delivered" in repr(summary) and str(place) in repr(outbox)


def test_audio_of_any_kind_is_kept(sandbox: Sandbox, client: deepdub.Client, outbox: deepdub.Outbox) -> None:
    speech = client.tts(TEXT, VOICE, format="wav")
    audio = [b"\0bytes", bytearray(b"array"), speech]
    for clip in audio:
        add(outbox, "fox", problem_audio=clip)
    outbox.send(client)
    kept = [sandbox.issue_audio(report.issue_id or "") for report in outbox]
    assert kept == [b"\0bytes", b"array", speech.to_file_bytes()]


def test_a_rejected_report_is_kept_until_it_is_retried_or_dropped(sandbox: Sandbox, outbox: deepdub.Outbox) -> None:
    client = sandbox.client(retries=0)
    id, other = add(outbox, "bad"), add(outbox, "good")
    sandbox.inject("http=422")
    summary = outbox.send(client)
    assert (summary.delivered, summary.rejected, summary.waiting, summary.error) == (1, 1, 0, None)
    (rejected,) = [report for report in outbox if report.state == "rejected"]
    assert (rejected.id, rejected.last_error_http_status, rejected.last_error_kind) == (id, 422, "rejected_input")
    outbox.retry(id)
    assert outbox.send(client).delivered == 1
    with pytest.raises(voicewire.InvalidArgumentError):
        outbox.retry(id)
    for each in (id, other):
        outbox.drop(each)
        with pytest.raises(voicewire.NotFoundError):
            outbox.drop(each)
    assert outbox.list() == []


def test_what_cannot_be_taken_is_named(outbox: deepdub.Outbox, tmp_path: Path) -> None:
    with pytest.raises(voicewire.InvalidArgumentError) as caught:
        add(outbox, " ")
    assert caught.value.field == "problemWord"
    with pytest.raises(voicewire.FileError, match="missing.wav"):
        add(outbox, "fox", problem_audio=tmp_path / "missing.wav")
    with pytest.raises(TypeError, match="problem_word"):
        outbox.add(**REPORT, problem_word=3)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        outbox.send("client")  # type: ignore[arg-type]
    for name in ("max_bytes", "max_reports", "max_delivered"):
        with pytest.raises(voicewire.InvalidArgumentError) as caught:
            deepdub.Outbox(tmp_path / "other", **{name: -1})
        assert caught.value.field == name
    (tmp_path / "file").write_text("")
    with pytest.raises(voicewire.FileError, match="file"):
        deepdub.Outbox(tmp_path / "file")
    assert len(outbox) == 0


def test_a_full_outbox_says_which_limit(tmp_path: Path) -> None:
    outbox = deepdub.Outbox(tmp_path / "outbox", max_reports=1, max_bytes=10_000)
    with pytest.raises(voicewire.OutboxFullError) as caught:
        add(outbox, "fox", problem_audio=bytes(10_000))
    assert caught.value.field == "max_bytes"
    add(outbox, "fox")
    with pytest.raises(voicewire.OutboxFullError) as caught:
        add(outbox, "fox")
    assert caught.value.field == "max_reports"


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_everything_is_for_its_owner_alone_and_knows_no_key(sandbox: Sandbox, outbox: deepdub.Outbox) -> None:
    add(outbox, "delivered")
    outbox.send(sandbox.client())
    add(outbox, "waiting", problem_audio=b"clip")
    for path in [outbox.path, *outbox.path.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
        assert path.is_dir() or sandbox.api_key.encode() not in path.read_bytes()


def test_foreign_files_are_listed_and_left_alone(client: deepdub.Client, outbox: deepdub.Outbox) -> None:
    add(outbox, "fox")
    foreign = outbox.path / "waiting" / "notes.txt"
    foreign.write_text("not a report")
    summary = outbox.send(client)
    assert (summary.delivered, summary.waiting) == (1, 0)
    (unreadable,) = [report for report in outbox if report.state == "unreadable"]
    assert unreadable.id == "notes.txt" and unreadable.problem_word is None and unreadable.created is None
    assert foreign.read_text() == "not a report"
    outbox.drop("notes.txt")
    assert not foreign.exists()


def test_a_callback_that_raises_ends_the_call(sandbox: Sandbox, client: deepdub.Client, outbox: deepdub.Outbox) -> None:
    add(outbox, "one")
    add(outbox, "two")

    def refuse(report: deepdub.StoredReport) -> None:
        raise RuntimeError(report.problem_word)

    with pytest.raises(RuntimeError, match="one"):
        outbox.send(client, on_report=refuse)
    assert (words(outbox, "delivered"), words(outbox, "waiting")) == (["one"], ["two"])
    with pytest.raises(TypeError, match="on_report"):
        outbox.send(client, on_report=3)  # type: ignore[arg-type]


def test_deliver_ends_in_time_and_where_waiting_does_not_help(
    sandbox: Sandbox, offline: deepdub.Client, outbox: deepdub.Outbox
) -> None:
    add(outbox, "fox")
    nowhere, hour = "http://127.0.0.1:9/api/v1", 3600
    impatient = deepdub.Client(
        deepdub.TRIAL_KEY, rest_url=nowhere, retries=0, retry_first_delay=hour, retry_max_delay=hour
    )
    assert isinstance(outbox.deliver(impatient, timeout=60).error, voicewire.NetworkError)
    sandbox.inject("http=401")
    assert isinstance(outbox.deliver(sandbox.client()).error, voicewire.UnauthorizedError)
    sandbox.inject("silent")
    assert isinstance(outbox.deliver(sandbox.client(), timeout=0.2).error, voicewire.TimeoutError)
    with pytest.raises(voicewire.InvalidArgumentError):
        outbox.deliver(offline, timeout=-1)


def test_deliver_waits_for_the_network_and_lets_other_threads_run(outbox: deepdub.Outbox) -> None:
    with Sandbox(**INSTANT) as gone:
        client = gone.client(retries=0, retry_first_delay=0.01, retry_max_delay=0.01)
        port = int(gone.deepdub_rest_url.split(":")[2].split("/")[0])
    add(outbox, "fox")
    tries: List[deepdub.StoredReport] = []
    with ThreadPoolExecutor() as pool:
        delivering = pool.submit(outbox.deliver, client, on_report=tries.append)
        until(lambda: len(tries) > 2)
        add(outbox, "dog")
        with Sandbox(port=port, **INSTANT):
            assert delivering.result(PATIENCE).delivered == 2
    assert words(outbox, "delivered") == ["fox", "dog"]


def test_a_cancel_token_and_a_close_end_it(sandbox: Sandbox, offline: deepdub.Client, outbox: deepdub.Outbox) -> None:
    add(outbox, "fox")
    token = voicewire.CancelToken()
    with pytest.raises(voicewire.CancelledError):
        outbox.deliver(offline, cancel=token, on_report=lambda report: token.cancel())
    client = sandbox.client()
    sandbox.inject("silent")
    with ThreadPoolExecutor() as pool:
        sending = pool.submit(outbox.send, client)
        until(asked(sandbox, "POST"))
        client.close()
        assert isinstance(sending.exception(PATIENCE), voicewire.CancelledError)
    assert words(outbox, "waiting") == ["fox"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_it(offline: deepdub.Client, outbox: deepdub.Outbox) -> None:
    add(outbox, "fox")
    tried = threading.Event()

    def interrupt() -> None:
        if tried.wait(PATIENCE):
            os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        outbox.deliver(offline, on_report=lambda report: tried.set())
    thread.join(PATIENCE)
    assert words(outbox, "waiting") == ["fox"]


def test_two_processes_share_a_directory(sandbox: Sandbox, outbox: deepdub.Outbox) -> None:
    program = (
        "import sys; from voicewire import deepdub\n"
        "outbox = deepdub.Outbox(sys.argv[1])\n"
        "client = deepdub.Client()\n"
        "for number in range(15):\n"
        "    outbox.add(generation_id='g', generated_text='t', problem_word=f'{sys.argv[2]} {number}', voice_prompt_id='v')\n"
        "    outbox.send(client)\n"
        "outbox.deliver(client)\n"
    )
    environment = {**os.environ, "DEEPDUB_API_KEY": sandbox.api_key, "DEEPDUB_BASE_URL": sandbox.deepdub_rest_url}
    processes = [
        subprocess.Popen([sys.executable, "-c", program, outbox.path, name], env=environment) for name in ("a", "b")
    ]
    assert [process.wait(PATIENCE * 3) for process in processes] == [0, 0]
    taken = [request["body"]["problemWord"] for request in sandbox.requests() if request["method"] == "POST"]
    expected = sorted(f"{name} {number}" for name in "ab" for number in range(15))
    assert sorted(taken) == expected
    assert sorted(str(word) for word in words(outbox, "delivered")) == expected


def test_the_command_lists_and_sends(sandbox: Sandbox, outbox: deepdub.Outbox) -> None:
    id, dropped = add(outbox, "fox"), add(outbox, "dog")
    environment = {**os.environ, "DEEPDUB_API_KEY": sandbox.api_key, "DEEPDUB_BASE_URL": sandbox.deepdub_rest_url}

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "voicewire", "outbox", str(outbox.path), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE)

    listed = run("--drop", dropped)
    assert listed.returncode == 0 and sandbox.requests() == []
    (only,) = listed.stdout.splitlines()
    assert only.startswith(f"{id}  waiting  ") and only.endswith("Z  fox")
    sandbox.inject("http=401")
    refused = run("--send")
    assert refused.returncode == 1 and "1 waiting" in refused.stderr
    sent = run("--send")
    (report,) = outbox
    assert sent.returncode == 0 and "1 delivered" in sent.stderr
    assert sent.stdout.rstrip().endswith(f"fox  {report.issue_id}")
    assert run("--drop", "none").returncode == 1
    assert run("--retry", "../lock").returncode == 2
