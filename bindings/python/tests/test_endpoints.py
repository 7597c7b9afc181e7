"""Every call of Respeecher and Palabra, by its types, as the project's table of endpoints has them."""

import dataclasses
import inspect
import json
import re
from pathlib import Path
from typing import Any, Callable, Dict, List, Set, Tuple

import pytest
from conftest import tone

import voicewire
from voicewire import palabra, respeecher
from voicewire.sandbox import Sandbox

TABLE = Path(__file__).parents[3] / "tests" / "endpoints.json"
needs_table = pytest.mark.skipif(not TABLE.exists(), reason="the project's table is not here")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def rows(service: str) -> List[Dict[str, Any]]:
    return [row for row in json.loads(TABLE.read_text()) if row["service"] == service]


def asked(sandbox: Sandbox) -> Set[Tuple[str, str]]:
    """What was answered well: method and path, with '{}' for an id."""
    good = [request for request in sandbox.requests() if 200 <= request["status"] < 300]
    return {(request["method"], UUID.sub("{}", request["path"])) for request in good}


def routes(service: str) -> Set[Tuple[str, str]]:
    return {(row["method"], re.sub(r"\{\w+\}", "{}", row["path"])) for row in rows(service)}


@needs_table
@pytest.mark.parametrize("service", [respeecher, palabra])
def test_every_endpoint_has_a_row_and_every_row_a_method(service: Any) -> None:
    name = service.__name__.rpartition(".")[2]
    table = {(row["method"], row["path"]): row["deprecated"] for row in rows(name)}
    assert len(table) == len(service.ENDPOINTS) == {"respeecher": 47, "palabra": 9}[name]
    for row in service.ENDPOINTS:
        # The one whose method is a matter of dispute.
        method = "GET" if row.name == "folder_stats" else row.method
        assert table.pop((method, row.path)) == getattr(row, "deprecated", False)
        parameters = inspect.signature(getattr(service.Client, row.name)).parameters
        missing = {*row.required, *re.findall(r"\{(\w+)\}", row.path)} - set(parameters)
        assert not missing, row.name
        left_out = set(row.optional) - set(parameters) - {"token"}
        assert not left_out, row.name
        assert "cancel" in parameters, row.name
        assert (getattr(service.Client, row.name).__doc__ or "").strip(), row.name
    assert not table


@needs_table
def test_every_call_of_respeecher_works_by_its_types(
    sandbox: Sandbox, market: respeecher.Client, tmp_path: Path
) -> None:
    account(sandbox, market)
    project = market.create_project("Alice")
    folder = market.create_folder("Chapter 1", project.id)
    line = places_and_recordings(market, project, folder)
    voices_and_orders(market, line, tmp_path)
    exports_and_statistics(market, project, folder, line, tmp_path)
    calibrations(market)
    assert {deleted.id for deleted in market.delete_folder(folder.id)} == {folder.id}
    deleted = market.delete_project(project.id)
    assert deleted is not None and deleted.id == project.id
    with pytest.raises(voicewire.NotFoundError):
        market.get_folder(folder.id)
    # As the vendor's page has it, which says GET.
    sandbox.steer_respeecher(refuse_folder_stats_post=True)
    seeded = sandbox.steer_respeecher(seed_recordings=1)
    assert market.folder_stats([seeded["folder_id"]])[0].folder_id == seeded["folder_id"]
    assert routes("respeecher") <= asked(sandbox)


def account(sandbox: Sandbox, market: respeecher.Client) -> None:
    key = market.create_api_key(expires_at="2099-01-01T00:00:00Z")
    assert key.api_key.startswith("rs-") and key.api_key not in repr(key)
    with sandbox.respeecher_client(api_key=key.api_key) as other:
        credits = other.get_credits()
        assert (credits.credits, credits.initial_credits) == (1000.0, 1000.0)
        market.delete_api_key()
        with pytest.raises(voicewire.UnauthorizedError):
            other.get_credits()
    email, password = sandbox.respeecher_login
    with sandbox.respeecher_client(email=email, password=password) as other:
        assert other.login().user["email"] == email
        other.logout()
        with pytest.raises(voicewire.UnauthorizedError):
            other.get_credits()
        assert other.login(email, password).session_duration == 3600.0
        assert other.get_credits().credits == 1000.0


def places_and_recordings(
    market: respeecher.Client, project: respeecher.Project, folder: respeecher.Folder
) -> respeecher.Recording:
    assert (project.name, folder.name, folder.project_id) == ("Alice", "Chapter 1", project.id)
    renamed = market.rename_project(project.id, "Alice in Wonderland")
    assert (renamed.id, renamed.name) == (project.id, "Alice in Wonderland")
    assert renamed.url is not None and market.get_project_by_url(renamed.url).id == project.id
    assert [one.id for one in market.list_projects(sort="created_at", direction="desc")] == [project.id]
    assert market.rename_folder(folder.id, "Chapter I").name == "Chapter I"
    assert market.get_folder(folder.id).name == "Chapter I"
    assert [one.id for one in market.list_folders(project.id)] == [folder.id]

    made = market.create_tts_recording(folder.id, "Down the rabbit hole.", label="Line")
    assert (made.state, made.label) == ("processing", "Line")
    line = market.get_recording(made.id)
    assert (line.state, line.tts, line.text, line.type) == ("done", True, "Down the rabbit hole.", "original")
    assert line.duration is not None and line.duration > 0.3
    voice = market.list_tts_voices()[0]
    with pytest.warns(DeprecationWarning, match="create_tts_recording"):
        old = market.create_tts_recording_v1(project.id, folder.id, voice.id, "The old way.")
    assert old.tts_voice_id == voice.id
    told: List[Tuple[int, "int | None"]] = []
    take = market.create_recording(folder.id, tone(), label="Take 1", on_progress=lambda *sent: told.append(sent))
    assert (take.label, take.microphone) == ("Take 1", "file")
    assert told[-1][0] == told[-1][1] and told[-1][0] > len(tone())
    changed = market.update_recording(take.id, starred=True)
    assert (changed.label, changed.starred) == ("Take 1", True)
    changed = market.replace_recording(take.id, label="Take 2", starred=False)
    assert (changed.label, changed.starred) == ("Take 2", False)
    assert len(list(market.list_originals(folder.id))) == 3

    assert market.create_note(take.id, "Too loud").text == "Too loud"
    assert market.update_note(take.id, "Fine").text == "Fine"
    note = market.get_recording(take.id).note
    assert isinstance(note, respeecher.Note) and note.text == "Fine"
    gone = market.delete_note(take.id)
    assert gone is not None and gone.text == "Fine"
    market.delete_recording(take.id)
    with pytest.raises(voicewire.NotFoundError):
        market.get_recording(take.id)
    assert len(list(market.list_recordings(project_id=project.id))) == 2
    return line


def voices_and_orders(market: respeecher.Client, line: respeecher.Recording, directory: Path) -> None:
    voice = next(voice for voice in market.list_voices(gender="female", species="human") if voice.available)
    assert voice.gender == "female"
    assert market.search_voices(str(voice.name), limit=5)[0].id == voice.id
    assert market.favorite_voice(voice.id, True).favorite is True
    style, accent = voice.narration_styles[0], voice.accents[0]
    changed = market.set_voice_settings(
        voice.id, narration_style_id=style.id, accent_id=accent.id, semitones_correction=2
    )
    settings = changed.accents[0].settings
    assert settings is not None and (settings.favorite, settings.semitones_correction) == (True, 2.0)
    assert market.list_accent_samples(accent.id).samples
    placed = market.create_order(line.id, [respeecher.Conversion(voice.id, style.id, label="First")])
    assert [order.original_id for order in placed] == [line.id]
    made = next(market.list_conversions(line.id))
    assert (made.id, made.voice_id, made.state) == (placed[0].conversion_id, voice.id, "done")
    market.retry_order(line.id)
    saved = market.download(made, directory)
    assert saved.parent == directory and saved.read_bytes().startswith(b"RIFF")
    assert market.download(str(made.url), directory / "again.wav").read_bytes() == saved.read_bytes()


def exports_and_statistics(
    market: respeecher.Client,
    project: respeecher.Project,
    folder: respeecher.Folder,
    line: respeecher.Recording,
    directory: Path,
) -> None:
    told: List[int] = []
    saved = market.export_conversions(
        line.id, directory / "a.zip", starred_only=False, on_progress=lambda done, _total: told.append(done)
    )
    assert saved == directory / "a.zip" and saved.read_bytes().startswith(b"PK\3\4")
    assert told[-1] == saved.stat().st_size
    assert market.export_project(project.id, str(directory / "b.zip")).read_bytes().startswith(b"PK\3\4")
    stats = market.get_stats()
    assert (stats.conversions.total, stats.conversions.completed) == (1, 1)
    of_project = market.project_stats([project.id])[0]
    assert (of_project.project_id, of_project.conversions.total) == (project.id, 1)
    of_folder = market.folder_stats([folder.id])[0]
    assert (of_folder.folder_id, of_folder.stats.total) == (folder.id, 1)


def calibrations(market: respeecher.Client) -> None:
    made = market.create_calibration("Mine", tone(), file_name="me.wav")
    assert made.name == "Mine"
    assert market.get_calibration(made.id).state == "done"
    market.enable_calibration(made.id)
    assert [one.enabled for one in market.list_calibrations()] == [True]
    market.enable_auto_calibration()
    assert market.get_calibration(made.id).enabled is False
    gone = market.delete_calibration(made.id)
    assert gone is not None and gone.id == made.id
    with pytest.raises(voicewire.NotFoundError):
        market.get_calibration(made.id)


@needs_table
def test_every_call_of_palabra_works_by_its_types(sandbox: Sandbox, cloner: palabra.Client, tmp_path: Path) -> None:
    (id,) = sandbox.steer_palabra(seed_voices=1)["voice_ids"]
    assert [voice.voice_id for voice in cloner.list_voices(search="Voice")] == [id]
    assert len(list(cloner.list_builtin_voices(page_size=3))) > 3
    assert cloner.get_voice(id).name == "Voice 1"
    voice = cloner.update_voice(id, name="Ann", description="A voice", labels={"mood": "calm"})
    assert (voice.name, voice.description, voice.labels) == ("Ann", "A voice", {"mood": "calm"})
    assert cloner.get_limits().total == 1
    sample = cloner.regenerate_sample(id, "en-us")
    assert sample.text is not None and sample.text.lang == "en-us"
    assert [one.blob_id for one in cloner.list_samples(page_size=5)] == [sample.blob_id]
    assert cloner.download(sample, tmp_path / "ann.wav").read_bytes().startswith(b"RIFF")
    announced = cloner.create_clone("Bob", [{"filename": "bob.wav", "mime_type": "audio/wav", "lang_code": "en-us"}])
    assert announced.processing_status == "created" and announced.samples[0].url
    assert announced.samples[0].url not in repr(announced)
    cloner.delete_voice(id)
    with pytest.raises(voicewire.NotFoundError):
        cloner.get_voice(id)
    assert routes("palabra") <= asked(sandbox)


def good_arguments(row: Any, directory: Path) -> Dict[str, Any]:
    """What could be an argument for each parameter that must be given."""
    arguments: Dict[str, Any] = {name: "x" for name in re.findall(r"\{(\w+)\}", row.path)}
    lists = {"conversions": [], "samples": [{}], "project_ids": ["x"], "folder_ids": ["x"]}
    arguments.update((name, lists.get(name, "x")) for name in row.required)
    if "conversions" in arguments:
        arguments["conversions"] = [respeecher.Conversion("x")]
    if row.name == "regenerate_sample":
        arguments["lang_code"] = "en"
    if getattr(row, "sends", "") == "form":
        arguments["audio"] = tone(0.01)
    if getattr(row, "answers", "") == "file":
        arguments["path"] = directory / "export.zip"
    if row.name == "replace_recording":
        arguments["starred"] = True
    return arguments


def calling(client: Any, row: Any, arguments: Dict[str, Any]) -> Callable[[], object]:
    def call() -> object:
        answer = getattr(client, row.name)(**arguments)
        # Lists are fetched when they are asked for.
        return next(answer, None) if isinstance(answer, voicewire.Listing) else answer

    return call


def texts_of(row: Any) -> Tuple[str, ...]:
    """The parameters that must be texts."""
    others = ("conversions", "samples", "project_ids", "folder_ids", "starred", "favorite", "lang_code")
    return (*re.findall(r"\{(\w+)\}", row.path), *(name for name in row.required if name not in others))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("service", ["respeecher", "palabra"])
def test_what_is_missing_is_refused_before_anything_is_sent(sandbox: Sandbox, service: str, tmp_path: Path) -> None:
    client: Any = {"respeecher": sandbox.respeecher_client, "palabra": sandbox.palabra_client}[service]()
    tried = 0
    for row in getattr(voicewire, service).ENDPOINTS:
        good = good_arguments(row, tmp_path)
        for name in texts_of(row):
            if row.name == "login" and name == "email":
                continue  # with neither, the client signs in as itself
            for wrong in (None, "", " \n"):
                with pytest.raises(voicewire.InvalidArgumentError) as caught:
                    calling(client, row, {**good, name: wrong})()
                assert caught.value.field == name, (row.name, wrong)
                tried += 1
        for name in re.findall(r"\{(\w+)\}", row.path):
            for wrong in (".", "..", "x" * 5000):
                with pytest.raises(voicewire.InvalidArgumentError) as caught:
                    calling(client, row, {**good, name: wrong})()
                assert caught.value.field == name, (row.name, wrong)
                tried += 1
    empty: List[Tuple[str, Dict[str, Any]]] = {
        "respeecher": [
            ("conversions", {"name": "create_order", "original_id": "x", "conversions": []}),
            ("project_ids", {"name": "project_stats", "project_ids": []}),
            ("folder_ids", {"name": "folder_stats", "folder_ids": []}),
            ("audio", {"name": "create_recording", "parent_folder_id": "x", "audio": b""}),
        ],
        "palabra": [("lang_code", {"name": "regenerate_sample", "voice_id": "x", "lang_code": "klingon"})],
    }[service]
    for field, arguments in empty:
        with pytest.raises(voicewire.InvalidArgumentError) as caught:
            getattr(client, arguments.pop("name"))(**arguments)
        assert caught.value.field == field
    assert tried > (100 if service == "respeecher" else 20)
    assert sandbox.requests() == []
    client.close()


TRICKS = ["../credits", "a/b", "x?y=z", "%2e%2e", "%2e%2e/credits", "..%2f", "#", "é ü", "a\\b", "...", "a\0b", "*", ";a"]


@pytest.mark.parametrize("service", ["respeecher", "palabra"])
def test_an_id_is_one_segment_whatever_it_holds(sandbox: Sandbox, service: str, tmp_path: Path) -> None:
    client: Any = {"respeecher": sandbox.respeecher_client, "palabra": sandbox.palabra_client}[service]()
    tried = 0
    for row in getattr(voicewire, service).ENDPOINTS:
        for name in re.findall(r"\{(\w+)\}", row.path):
            for trick in TRICKS:
                before = len(sandbox.requests())
                with pytest.raises((voicewire.NotFoundError, voicewire.RejectedInputError)):
                    calling(client, row, {**good_arguments(row, tmp_path), name: trick})()
                tried += 1
                for request in sandbox.requests()[before:]:
                    assert request["method"] == row.method
                    head, tail = row.path.split("{" + name + "}")
                    assert request["path"].startswith(head) and request["path"].endswith(tail), (trick, request)
                    id = request["path"][len(head) : len(request["path"]) - len(tail)]
                    assert "/" not in id and id not in ("", ".", ".."), (trick, request)
    assert tried >= 4 * len(TRICKS)
    assert list(tmp_path.iterdir()) == []
    client.close()


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda client: client.call("nonsense"), "name"),
        (lambda client: client.call("export_project", {"project_id": "p"}), "name"),
        (lambda client: client.call("search_voices", {"name": "x" * 50_000}), "name"),
        (lambda client: client.call("search_voices", {"name": {"x": 1}}), "name"),
        (lambda client: client.call("search_voices", {"name": "x", "limit": 1 << 70}), "limit"),
        (lambda client: client.call("search_voices", {"name": "x", "limit": float("nan")}), "limit"),
        (lambda client: client.list_projects(limit=0), "limit"),
        (lambda client: client.list_projects(limit=-1), "limit"),
        (lambda client: client.list_projects(offset=-1), "offset"),
        (lambda client: client.search_voices("x" * 50_000), "name"),
        (lambda client: client.create_calibration("Mine", b""), "audio"),
        (lambda client: client.download("ftp://example.com/x.wav", "x.wav"), "url"),
        (lambda client: client.download(respeecher.Recording("r"), "x.wav"), "url"),
        (lambda client: client.export_project("p", ""), "path"),
    ],
)
def test_more_that_is_refused_before_anything_is_sent(
    sandbox: Sandbox, market: respeecher.Client, call: Callable[[respeecher.Client], object], field: str
) -> None:
    with pytest.raises(voicewire.InvalidArgumentError) as caught:
        call(market)
    assert caught.value.field == field
    assert sandbox.requests() == []


LONG = "x" * 6000


def test_what_is_too_long_is_refused_by_the_service(
    sandbox: Sandbox, market: respeecher.Client, cloner: palabra.Client
) -> None:
    project = market.create_project("Alice")
    folder = market.create_folder("Chapter 1", project.id)
    line = market.create_tts_recording(folder.id, "Hello.")
    (voice_id,) = sandbox.steer_palabra(seed_voices=1)["voice_ids"]
    calls: Dict[str, Callable[[], object]] = {
        "project": lambda: market.create_project(LONG),
        "project's new name": lambda: market.rename_project(project.id, LONG),
        "folder": lambda: market.create_folder(LONG, project.id),
        "folder's new name": lambda: market.rename_folder(folder.id, LONG),
        "text": lambda: market.create_tts_recording(folder.id, LONG),
        "label": lambda: market.update_recording(line.id, label=LONG),
        "note": lambda: market.create_note(line.id, LONG),
        "calibration": lambda: market.create_calibration(LONG, tone()),
        "voice": lambda: cloner.update_voice(voice_id, name=LONG),
        "clone": lambda: cloner.create_clone(LONG, [{"filename": "a.wav", "mime_type": "audio/wav", "lang_code": "en"}]),
    }
    for what, call in calls.items():
        with pytest.raises(voicewire.RejectedInputError) as caught:
            call()
        assert caught.value.http_status == 422, what
    assert market.get_recording(line.id).label != LONG


def known_fields(path: str) -> Dict[str, Set[str]]:
    """The structs of answers in the core's own source, with their fields."""
    source = (TABLE.parents[1] / "src" / path / "answers.rs").read_text()
    found: Dict[str, Set[str]] = {}
    for blocks in re.findall(r"^answers! \{\n(.*?)^\}", source, re.S | re.M):
        for name, has_id, body in re.findall(r"^    (\w+)(\(id\))? \{(\}$|\n(?:^        .*\n)*^    \}$)", blocks, re.M):
            fields = re.findall(r"^        (?:r#)?(\w+): ", body, re.M)
            found[name] = {*fields, "extra", *(["id"] if has_id else [])}
    return found


@needs_table
@pytest.mark.parametrize("service", [respeecher, palabra])
def test_answers_have_the_fields_that_the_core_knows(service: Any) -> None:
    known = known_fields(service.__name__.rpartition(".")[2])
    assert len(known) == {respeecher: 27, palabra: 8}[service]
    if service is palabra:
        known.pop("Deleted")  # the service says nothing that is known
    for name, fields in known.items():
        assert {field.name for field in dataclasses.fields(getattr(service, name))} == fields, name


def test_what_is_no_audio_is_refused_by_the_service(market: respeecher.Client, tmp_path: Path) -> None:
    folder = market.create_folder("Takes", market.create_project("Alice").id)
    (tmp_path / "text.wav").write_text("This is no audio. " * 100)
    for call in (
        lambda: market.create_recording(folder.id, tmp_path / "text.wav"),
        lambda: market.create_calibration("Mine", b"This is no audio. " * 100),
    ):
        with pytest.raises(voicewire.RejectedInputError) as caught:
            call()
        assert (caught.value.field, caught.value.http_status) == ("data", 422)
    with pytest.raises(voicewire.FileError, match="nothing.wav"):
        market.create_recording(folder.id, str(tmp_path / "nothing.wav"))
    with pytest.raises(TypeError, match="audio"):
        market.create_recording(folder.id, 3)  # type: ignore[arg-type]
