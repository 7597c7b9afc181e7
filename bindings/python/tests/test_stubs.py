"""The stubs say what is there, all of it, and programs that use it pass a strict type checker."""

import ast
import dataclasses
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Set, get_args

import pytest

import voicewire
from voicewire import _voicewire, deepdub, palabra, respeecher, sandbox

PACKAGE = Path(voicewire.__file__).parent
STUB = PACKAGE / "_voicewire.pyi"
EXAMPLES = Path(__file__).parents[3] / "examples" / "python"
# What every module or class has.
NOT_OURS = {"__all__", "__doc__", "__file__", "__loader__", "__name__", "__package__", "__spec__"}

needs_mypy = pytest.mark.skipif(find_spec("mypy") is None, reason="mypy is not installed")


def declared(body: list) -> Set[str]:
    names = {node.name for node in body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    names |= {node.target.id for node in body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)}
    return {name for name in names if not name.startswith("_") or name == "__version__"}


def there(thing: object) -> Set[str]:
    return {name for name in dir(thing) if not name.startswith("_") or name == "__version__"} - NOT_OURS


def test_the_stub_has_every_name_and_no_other() -> None:
    tree = ast.parse(STUB.read_text())
    # Aliases for types, and shapes of dicts, begin with an underscore.
    assert declared(tree.body) == there(_voicewire)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            cls = getattr(_voicewire, node.name)
            inherited = there(BaseException) | there(OSError)
            own = there(cls) - inherited if issubclass(cls, BaseException) else there(cls)
            bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
            if "Error" in bases:
                own -= there(voicewire.Error)
            if "Line" in bases:
                own -= there(deepdub.Line)
            assert declared(node.body) == own, node.name


def test_every_name_can_be_reached_and_is_documented() -> None:
    modules = (voicewire, deepdub, palabra, respeecher, sandbox)
    public = {f"{module.__name__}.{name}": getattr(module, name) for module in modules for name in module.__all__}
    assert there(_voicewire) <= {name.rpartition(".")[2] for name in public}
    errors = {name for name in there(_voicewire) if name.endswith("Error")}
    assert errors <= set(voicewire.__all__)
    for name, thing in public.items():
        if not callable(thing) or thing is voicewire.Format:
            continue
        assert thing.__doc__, name
        if isinstance(thing, type) and not issubclass(thing, BaseException):
            assert f"{thing.__module__}.{thing.__name__}" == name
            fields = {field.name for field in dataclasses.fields(thing)} if dataclasses.is_dataclass(thing) else set()
            attributes = [line.strip() for line in thing.__doc__.partition("Attributes:")[2].splitlines()]
            assert {line.partition(": ")[0] for line in attributes} >= fields, name
            for member in there(thing) - fields:
                assert getattr(thing, member).__doc__, f"{name}.{member}"


def test_a_format_is_a_type_at_run_time_too() -> None:
    assert get_args(voicewire.Format) == ("mp3", "wav", "opus", "mulaw", "s16le")


def test_the_package_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").exists()


@needs_mypy
def test_signatures_and_defaults_are_those_of_the_stub(tmp_path: Path) -> None:
    module = "voicewire._voicewire"
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "--ignore-disjoint-bases", module],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


SAMPLE = """
import datetime
from pathlib import Path

import voicewire
from voicewire import deepdub, palabra, respeecher
from voicewire.sandbox import Sandbox


def on_chunk(chunk: deepdub.Chunk) -> bool:
    return chunk.index < 3


with Sandbox(tls=True) as sandbox, sandbox.client(rest_timeout=None) as client:
    with client.stream_tts("text", deepdub.TRIAL_VOICE, format="wav", seed=3) as stream:
        with voicewire.AudioFile(Path("a.wav"), "wav", 48000) as file:
            for chunk in stream:
                file.write(chunk)
                file.write(chunk.data)
                length: int = len(chunk)
    summary: deepdub.Summary = client.speak("text", "voice", on_chunk, tempo=1)
    speech: deepdub.Speech = client.tts("text", "voice", format=voicewire.format_for_path("a.wav"))
    speech.save("a.wav", sample_rate=48000)
    seconds: "float | None" = speech.seconds
    name: voicewire.Format = speech.format
    voicewire.AudioFile("b.wav", name, 48000).write(speech.to_file_bytes())
    formats: "list[voicewire.Format]" = [chunk.format, summary.format, file.format]
    token = voicewire.CancelToken()
    client.tts("text", "voice", cancel=token)
    client.get_issue("id", cancel=token)
    with client.post_tts("text", "voice", format="opus", voice_reference=speech, cancel=token) as posted:
        sizes = [len(chunk) for chunk in posted]
    voice: str = client.upload_voice(Path("a.wav"), gender="FEMALE", age=3)
    genders: "list[str | None]" = [one.gender for one in client.list_voices(3)]
    likely: "float | None" = client.classify_gender(speech).female
    days = [row.date for row in client.usage(datetime.date(2026, 5, 1), "2026-05-02").items]
    room: "int | None" = client.capacities(["dd-etts-3.0"])[0].concurrent_connections
    client.post_tts("text", "voice", format="wav")  # type: ignore[arg-type]
    def on_state(change: deepdub.StateChange) -> None:
        reason: "voicewire.Error | None" = change.error

    with client.open_session(on_state=on_state, keep_alive=None) as session:
        line: deepdub.Line = session.speak("text", "voice", seed=3, front=True)
        sizes = [len(chunk) for chunk in line]
        speech = session.tts("text", "voice", cancel=token)
        ready: bool = session.wait_ready(1)
    with client.open_text_session("voice", sample_rate=48000) as text_session, text_session.begin_turn() as turn:
        turn.write("text " + deepdub.config_tag(locale="fr-FR"), timeout=3)
        turn.switch(voice_prompt_id="other")
        turn.end()
        data = b"".join(chunk.data for chunk in turn)
        text_session.configure(format="wav")
        seconds = text_session.ping()

    async def main() -> None:
        async with client.open_session() as session, session.speak("text", "voice") as line:
            ready: bool = await session.ready(timeout=1)
            async for chunk in line:
                file.write(chunk)
            chunk = await line.__anext__()
            await line.aclose()
        async with client.open_text_session("voice") as text_session, text_session.begin_turn() as turn:
            await turn.awrite("text")
            ready = await text_session.ready()
            pieces = [chunk.data async for chunk in turn]

    client.open_text_session("voice", format="mp3")  # type: ignore[arg-type]
    client.open_session().speak("text", "voice", urgent=True)  # type: ignore[call-arg]
    try:
        issue = client.create_issue(
            generation_id=summary.generation_id, generated_text="", problem_word="", voice_prompt_id="",
            problem_audio=speech.data,
        )
        client.update_issue(issue.id, problem_audio=speech, cancel=token)
        state: "str | None" = client.update_issue(issue.id, problem_audio=Path("a.wav")).state
    except voicewire.RateLimitedError as error:
        wait: "float | None" = error.retry_after
    client.tts("text", "voice", format="flac")  # type: ignore[arg-type]
    client.tts("text", "voice", speed=3)  # type: ignore[call-arg]
    client.tts("text")  # type: ignore[call-arg]
    client.tts("text", "voice", cancel=True)  # type: ignore[arg-type]

with Sandbox(credits=3) as sandbox, sandbox.respeecher_client(retries=0) as market:
    def on_progress(progress: respeecher.Progress) -> bool:
        return progress.done < progress.total

    voices = [voice for voice in market.list_voices(gender="female", limit=3) if voice.available]
    styles: "list[str]" = [style.id for voice in voices for style in voice.narration_styles]
    projects: "list[respeecher.Project]" = [one for page in market.list_projects().pages() for one in page.items]
    count: "int | None" = market.list_projects().count
    try:
        outcome = market.convert(Path("a.wav"), voices=voices, directory="takes", on_progress=on_progress)
        paths: "list[Path]" = [file.path for file in outcome.files]
    except voicewire.Error as error:
        left: "respeecher.Outcome | None" = error.outcome
        title: "str | None" = error.problem.title if error.problem else None
    recording = market.create_recording("folder", b"RIFF", on_progress=lambda done, total: None)
    saved: Path = market.download(recording, "a.wav")
    progress_word: "str | None" = recording.state
    market.list_voices(gender="none")  # type: ignore[arg-type]
    market.create_project()  # type: ignore[call-arg]
    with sandbox.palabra_client() as cloner:
        made: palabra.Voice = cloner.clone("Ann", Path("a.wav"), lang_code="en-us", progress=False)
        sample: palabra.TtsSample = cloner.regenerate_sample("id", "de", wait=True)
        limits: "list[int | None]" = [cloner.get_limits().total]
        cloner.delete_voice(made.voice_id)
        cloner.download(sample.url, sample.blob_id)
with Sandbox() as sandbox, sandbox.client() as client:
    for prompt in client.list_voices():
        client.delete_voice(prompt.id)
    verdict = client.classify_gender(b"RIFF")
    sure: "tuple[str, float]" = (verdict.predicted_gender, verdict.confidence)
"""


@needs_mypy
@pytest.mark.parametrize("what", ["sample", "package", "say.py", "session.py", "llm.py", "respeecher.py", "palabra.py"])
def test_a_strict_type_checker_finds_nothing(tmp_path: Path, what: str) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text(SAMPLE)
    arguments = {"sample": [str(sample)], "package": ["-p", "voicewire"]}.get(what, [str(EXAMPLES / what)])
    if what.endswith(".py") and not EXAMPLES.exists():
        pytest.skip("the project's examples are not here")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
