"""Respeecher: signing in, lists, files, answers and errors."""

import json
import pickle
import sys
import threading
import tracemalloc
from dataclasses import FrozenInstanceError
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Iterator, List, Optional, Tuple

import pytest
from conftest import PATIENCE, assert_whole, tone, until
from test_interrupt import Interruption

import voicewire
from voicewire import respeecher
from voicewire.sandbox import Sandbox

KEY = "rs-secret-key-12345678"


class Answering:
    """A service that gives the same answer to every request."""

    def __init__(self) -> None:
        self.body = b"null"
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(outer.body)))
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *_arguments: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.001,))
        self.client = respeecher.Client(KEY, base_url=f"http://127.0.0.1:{self.server.server_port}", retries=0)


@pytest.fixture
def answering() -> Iterator[Answering]:
    answering = Answering()
    answering.thread.start()
    yield answering
    answering.client.close()
    answering.server.shutdown()
    answering.thread.join(PATIENCE)
    answering.server.server_close()


def folder(market: respeecher.Client) -> respeecher.Folder:
    return market.create_folder("Chapter 1", market.create_project("Alice").id)


def test_a_client_is_made_from_the_environment(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(voicewire.InvalidArgumentError) as caught:
        respeecher.Client()
    assert caught.value.field == "api_key"
    monkeypatch.setenv("RESPEECHER_API_KEY", sandbox.respeecher_api_key)
    monkeypatch.setenv("RESPEECHER_BASE_URL", sandbox.respeecher_url)
    with respeecher.Client() as client:
        assert client.get_credits().credits == 1000.0
        assert client.base_url == sandbox.respeecher_url + "/"
    assert respeecher.BASE_URL == "https://gateway.respeecher.com"


@pytest.mark.parametrize(
    ("field", "options"),
    [
        ("api_key", {"api_key": ""}),
        ("api_key", {"api_key": KEY, "email": "a@example.com", "password": "x"}),
        ("password", {"email": "a@example.com"}),
        ("email", {"password": "x"}),
        ("base_url", {"base_url": "http://example.com"}),
        ("base_url", {"base_url": "nonsense"}),
        ("connect_timeout", {"connect_timeout": 0}),
        ("rest_timeout", {"rest_timeout": -1}),
        ("idle_timeout", {"idle_timeout": float("nan")}),
        ("max_message_bytes", {"max_message_bytes": 3}),
        ("max_message_bytes", {"max_message_bytes": -1}),
        ("retries", {"retries": -1}),
        ("retries", {"retries": 1 << 80}),
        ("retry_first_delay", {"retry_first_delay": -0.5}),
        ("ca_pem", {"ca_pem": "no certificate"}),
        ("proxy", {"proxy": "socks5://localhost"}),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(field: str, options: "dict[str, Any]") -> None:
    key = {} if "email" in options or "password" in options else {"api_key": KEY}
    with pytest.raises(voicewire.InvalidArgumentError) as caught:
        respeecher.Client(**{**key, **options})
    assert caught.value.field == field
    assert KEY not in str(caught.value)


def test_a_setting_of_another_type_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="retries"):
        respeecher.Client(KEY, retries="three")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="unexpected"):
        respeecher.Client(KEY, retry=3)  # type: ignore[call-arg]


def test_no_key_is_shown_and_none_can_be_pickled(sandbox: Sandbox) -> None:
    email, password = sandbox.respeecher_login
    for client in (
        sandbox.respeecher_client(api_key=KEY),
        sandbox.respeecher_client(email=email, password=password, keep_password=True),
    ):
        shown = repr(client) + str(client) + repr(vars(client)) + repr(client._core)
        assert KEY not in shown and password not in shown and sandbox.base_url in shown
        with pytest.raises(TypeError, match="pickle"):
            pickle.dumps(client)
        client.close()
    made = respeecher.ApiKey(KEY)
    assert KEY not in repr(made) and made.to_dict() == {"api_key": KEY}


def test_a_session_that_expires(sandbox: Sandbox) -> None:
    email, password = sandbox.respeecher_login
    forgets = sandbox.respeecher_client(email=email, password=password)
    keeps = sandbox.respeecher_client(email=email, password=password, keep_password=True)
    for client in (forgets, keeps):
        assert client.get_credits().credits == 1000.0
    sandbox.steer_respeecher(expire_sessions=True)
    assert keeps.get_credits().credits == 1000.0
    with pytest.raises(voicewire.UnauthorizedError, match="expired"):
        forgets.get_credits()
    with pytest.raises(voicewire.InvalidArgumentError) as caught:
        forgets.login()
    assert caught.value.field == "password"
    with pytest.raises(voicewire.UnauthorizedError) as wrong:
        forgets.login(email, "wrong-password")
    assert "wrong-password" not in str(wrong.value)
    assert forgets.login(email, password).user["email"] == email


def test_a_list_is_fetched_as_it_is_iterated_over(sandbox: Sandbox, market: respeecher.Client) -> None:
    seeded = sandbox.steer_respeecher(seed_recordings=25)

    def fetched() -> int:
        return len([request for request in sandbox.requests() if request["path"] == "/api/recordings"])

    recordings = market.list_recordings(folder_id=seeded["folder_id"], limit=10)
    assert fetched() == 0
    assert next(recordings).type == "original"
    assert fetched() == 1
    assert recordings.count == 25 and fetched() == 1
    assert len([*recordings]) == 24 and fetched() == 3
    assert list(recordings) == [] and fetched() == 3


def test_pages_of_a_list(sandbox: Sandbox, market: respeecher.Client) -> None:
    folder_id = sandbox.steer_respeecher(seed_recordings=25)["folder_id"]
    pages = list(market.list_recordings(folder_id=folder_id, limit=10, offset=2).pages())
    assert [(len(page.items), page.count, page.offset, page.limit) for page in pages] == [
        (10, 25, 2, 10),
        (10, 25, 12, 10),
        (3, 25, 22, 10),
    ]
    assert len({recording.id for page in pages for recording in page.items}) == 23
    # What was asked about first is in the pages all the same, and what was taken is not.
    listing = market.list_recordings(folder_id=folder_id, limit=10)
    assert listing.count == 25
    next(listing)
    assert [len(page.items) for page in listing.pages()] == [9, 10, 5]
    empty = folder(market).id
    assert market.list_recordings(folder_id=empty).count == 0
    assert market.list_recordings(folder_id=empty, offset=1).count is None


def test_ten_thousand_recordings_in_constant_memory(sandbox: Sandbox, market: respeecher.Client) -> None:
    folder_id = sandbox.steer_respeecher(seed_recordings=10_000)["folder_id"]
    recordings = market.list_recordings(folder_id=folder_id, limit=500)
    count, last, peaks = 0, None, []
    tracemalloc.start()
    try:
        for recording in recordings:
            assert recording.id != last
            count, last = count + 1, recording.id
            if count % 2500 == 0:
                peaks.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
    assert count == 10_000
    # What a quarter took is enough for all: a page and the one before it. A tenth is for what happens besides.
    assert peaks[-1] < peaks[0] * 1.1, peaks


def test_a_list_ends_with_its_token(sandbox: Sandbox, market: respeecher.Client) -> None:
    folder_id = sandbox.steer_respeecher(seed_recordings=3)["folder_id"]
    token = voicewire.CancelToken()
    recordings = market.list_recordings(folder_id=folder_id, limit=1, cancel=token)
    next(recordings)
    token.cancel()
    with pytest.raises(voicewire.CancelledError):
        next(recordings)
    assert list(recordings) == []


def test_what_is_not_known_is_kept(answering: Answering) -> None:
    answer = {
        "id": "r",
        "state": "dreaming",
        "type": None,
        "note": "Text",
        "size": 12,
        "listen_count": 3.0,
        "more": {"deep": [1]},
        "moderation": {"has_violations": True, "new": 1},
        "calibration_value": "1.5",
    }
    answering.body = json.dumps(answer).encode()
    recording = answering.client.get_recording("r")
    assert (recording.state, recording.type, recording.note, recording.listen_count) == ("dreaming", None, "Text", 3)
    assert recording.extra == {"more": {"deep": [1]}}
    assert recording.moderation is not None and recording.moderation.extra == {"new": 1}
    written = recording.to_dict()
    assert {name: written[name] for name in answer if name != "moderation"} == {
        name: value for name, value in answer.items() if name != "moderation"
    }
    assert written["moderation"]["new"] == 1 and written["moderation"]["has_violations"] is True
    assert recording == answering.client.get_recording("r") and len({recording}) == 1
    assert pickle.loads(pickle.dumps(recording)) == recording
    with pytest.raises(FrozenInstanceError):
        recording.state = "done"  # type: ignore[misc]


def test_a_note_may_be_an_object_or_a_text(answering: Answering) -> None:
    answering.body = b'{"id": "r", "note": {"id": "n", "text": "Loud"}}'
    note = answering.client.get_recording("r").note
    assert isinstance(note, respeecher.Note) and note.text == "Loud"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", ""),
        (b"null", "Recording is null rather than an object"),
        (b"[]", "Recording is a list rather than an object"),
        (b"{}", "Recording has no id"),
        (b"nonsense", ""),
        (b'{"id": 3}', "id: a number rather than a text"),
        (b'{"id": "r", "starred": "yes"}', "starred: a text rather than a truth value"),
        (b'{"id": "r", "duration": true}', "duration: a truth value rather than a number"),
        (b'{"id": "r", "listen_count": 1.5}', "listen_count: a number rather than a whole number"),
        (b'{"id": "r", "moderation": []}', "moderation: Moderation is a list rather than an object"),
        (b'{"id": "r", "note": 3}', "note: a number rather than a text"),
    ],
)
def test_answers_that_are_not_what_they_should_be(answering: Answering, body: bytes, words: str) -> None:
    answering.body = body
    with pytest.raises(voicewire.ProtocolError) as caught:
        answering.client.get_recording("r")
    assert words in caught.value.message
    assert caught.value.kind == "protocol"


def test_pages_that_are_not_what_they_should_be(answering: Answering) -> None:
    answering.body = b'{"list": [{"id": "v", "accents": [{"id": "a", "tiers": 3}]}], "pagination": {"count": 1, "limit": 1, "offset": 0}}'
    with pytest.raises(voicewire.ProtocolError, match="accents: tiers: a number rather than a list"):
        next(answering.client.list_voices())


def test_refusals_keep_their_words_and_the_field(market: respeecher.Client) -> None:
    with pytest.raises(voicewire.RejectedInputError) as caught:
        market.call("create_project", {"name": 3})
    assert (caught.value.http_status, caught.value.field) == (422, "name")
    assert caught.value.vendor_type is not None and "name: " in caught.value.message
    assert (caught.value.problem, caught.value.outcome) == (None, None)
    line = market.create_tts_recording(folder(market).id, "Hello.")
    with pytest.raises(voicewire.RejectedInputError) as caught:
        market.create_order(line.id, [respeecher.Conversion(next(market.list_voices()).id)])
    assert caught.value.field == "conversions.0.narration_style_id"


def test_json_goes_both_ways_as_it_is(market: respeecher.Client) -> None:
    made = market.call("create_project", {"name": "Alice “in” Wonderland", "owner": None})
    assert made["name"] == "Alice “in” Wonderland"
    page = market.call("list_projects", {"limit": 1})
    assert [project["id"] for project in page["list"]] == [made["id"]]
    assert market.call("delete_recording", {"recording_id": market_recording(market)}) is None
    endless: List[Any] = []
    endless.append(endless)
    for wrong, error in (({"name": object()}, TypeError), ({1: "x"}, TypeError), ({"name": endless}, ValueError)):
        with pytest.raises(error):
            market.call("create_project", wrong)  # type: ignore[arg-type]


def market_recording(market: respeecher.Client) -> str:
    return market.create_tts_recording(folder(market).id, "Hello.").id


def test_an_upload_is_stopped_by_its_callback(
    sandbox: Sandbox, market: respeecher.Client, tmp_path: Path
) -> None:
    (tmp_path / "long.wav").write_bytes(tone(60))
    place = folder(market)
    told: List[Tuple[int, Optional[int]]] = []

    def on_progress(done: int, total: Optional[int]) -> bool:
        told.append((done, total))
        return done < 100_000

    with pytest.raises(voicewire.CancelledError):
        market.create_recording(place.id, tmp_path / "long.wav", on_progress=on_progress)
    assert 100_000 <= told[-1][0] < 1_000_000
    with pytest.raises(ZeroDivisionError):
        market.create_recording(place.id, tmp_path / "long.wav", on_progress=lambda *_told: 1 // 0)
    assert list(market.list_originals(place.id)) == []


@pytest.mark.parametrize("fault", [None, "half,on=GET /files"])
def test_a_download_is_whole_or_not_there(
    sandbox: Sandbox, market: respeecher.Client, tmp_path: Path, fault: Optional[str]
) -> None:
    made = market.get_recording(market_recording(market))
    if fault is not None:
        sandbox.inject(fault)
    assert_whole(market.download(made, tmp_path / "a.wav"))
    with pytest.raises(voicewire.CancelledError):
        market.download(made, tmp_path / "b.wav", on_progress=lambda *_told: False)
    with sandbox.respeecher_client(retries=0) as client:
        sandbox.inject("half,on=GET /files")
        with pytest.raises(voicewire.NetworkError):
            client.download(made, tmp_path / "c.wav")
        with pytest.raises(voicewire.FileError):
            client.download(made, tmp_path / "nowhere" / "d.wav")
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_a_speech_can_be_uploaded(sandbox: Sandbox, market: respeecher.Client) -> None:
    with sandbox.client() as client:
        speech = client.tts("Hello.", voicewire.deepdub.TRIAL_VOICE, format="mp3")
    made = market.create_recording(folder(market).id, speech)
    assert market.get_recording(made.id).state == "done"


def test_a_fault_is_tried_again_and_none_is_not(sandbox: Sandbox, market: respeecher.Client) -> None:
    sandbox.inject("http=503")
    assert market.get_credits().credits == 1000.0
    with sandbox.respeecher_client(retries=0) as client:
        sandbox.inject("http=503")
        with pytest.raises(voicewire.ServerError) as caught:
            client.get_credits()
    assert caught.value.attempts == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("call", ["get_credits", "list_projects", "upload", "download"])
def test_ctrl_c_ends_a_call(sandbox: Sandbox, market: respeecher.Client, tmp_path: Path, call: str) -> None:
    made = market.get_recording(market_recording(market))
    calls = {
        "get_credits": market.get_credits,
        "list_projects": lambda: list(market.list_projects()),
        "upload": lambda: market.create_recording(str(made.parent_folder_id), tone()),
        "download": lambda: market.download(made, tmp_path / "a.wav"),
    }
    before = len(sandbox.requests())
    sandbox.inject("silent")
    with Interruption(lambda: len(sandbox.requests()) > before), pytest.raises(KeyboardInterrupt):
        calls[call]()
    assert list(tmp_path.iterdir()) == []


def test_a_token_ends_its_call_alone(sandbox: Sandbox, market: respeecher.Client) -> None:
    token = voicewire.CancelToken()
    sandbox.inject("silent")
    thread = threading.Thread(target=lambda: (until(sandbox.requests), token.cancel()))
    thread.start()
    with pytest.raises(voicewire.CancelledError):
        market.get_credits(cancel=token)
    thread.join(PATIENCE)
    with pytest.raises(voicewire.CancelledError):
        market.get_stats(cancel=token)
    assert market.get_credits().credits == 1000.0
    with pytest.raises(TypeError, match="cancel"):
        market.get_credits(cancel=True)  # type: ignore[arg-type]


def test_a_closed_client_sends_nothing(sandbox: Sandbox) -> None:
    with sandbox.respeecher_client() as client:
        pass
    client.close()
    for call in (client.get_credits, lambda: next(client.list_projects()), lambda: client.login("a", "b")):
        with pytest.raises(voicewire.CancelledError):
            call()
    assert sandbox.requests() == []


def test_errors_name_the_argument_rather_than_the_field_of_the_form(market: respeecher.Client, tmp_path: Path) -> None:
    with pytest.raises(voicewire.InvalidArgumentError, match="audio is empty") as empty:
        market.create_recording("f", b"")
    with pytest.raises(voicewire.FileError, match=r"\(audio") as missing:
        market.create_calibration("Mine", tmp_path / "none.wav")
    assert empty.value.field == missing.value.field == "audio"
    assert "data" not in str(empty.value) + str(missing.value).replace(str(tmp_path), "")
