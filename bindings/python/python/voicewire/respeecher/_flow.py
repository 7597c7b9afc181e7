"""From text or audio to finished files, in one call."""


from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple, Union

from .._answer import read
from .._paths import Audio, PathLike
from .._progress import Bar
from .._refusal import arguments, invalid
from .._voicewire import CancelToken, Error
from ._library import Recording
from ._library_calls import RecordingCalls
from ._voice_calls import Conversion, VoiceCalls, sent
from ._voices import Voice


@dataclass(frozen=True)
class Progress:
    """How far Client.convert() has come.

    Attributes:
        stage: What is being done: 'preparing', 'uploading', 'processing' (the service speaks the text, or looks at the
            audio), 'ordering', 'converting' or 'downloading'.
        done: How much of it is done: bytes in an upload, conversions in ordering, converting and downloading, else 0 and
            then 1.
        total: How much there is to do.
        recording_id: The original, once it is there: what convert() can be resumed with.
        bytes: While downloading: the bytes of the present file that have come.
    """

    stage: str
    done: int
    total: int
    recording_id: Optional[str]
    bytes: int


@dataclass(frozen=True)
class Converted:
    """A conversion that has become a file.

    Attributes:
        index: Which of the conversions that were asked for.
        recording: The conversion, as the service has it.
        path: The file.
        bytes: Its length.
    """

    index: int
    recording: Recording
    path: Path
    bytes: int


@dataclass(frozen=True)
class Failure:
    """A conversion that has not.

    Attributes:
        index: Which of the conversions that were asked for.
        conversion_id: The conversion, if there is one.
        error: What went wrong. It was not raised.
    """

    index: int
    conversion_id: Optional[str]
    error: Error


@dataclass(frozen=True)
class Outcome:
    """What came of Client.convert().

    Attributes:
        project_id: The project, if it is known.
        folder_id: The folder, if it is known: another call can use it.
        recording: The original, once there was one.
        files: The conversions that have become files, in the order in which they were asked for.
        failures: Those that failed, in that order.
    """

    project_id: Optional[str]
    folder_id: Optional[str]
    recording: Optional[Recording]
    files: Tuple[Converted, ...]
    failures: Tuple[Failure, ...]

    @property
    def recording_id(self) -> Optional[str]:
        """What convert() can be resumed with."""
        return None if self.recording is None else self.recording.id


class FlowCalls(RecordingCalls, VoiceCalls):
    """The calls that are many."""

    def convert(
        self,
        source: Optional[Audio] = None,
        *,
        recording_id: Optional[str] = None,
        voices: Union[Voice, str, Iterable[Union[Voice, str]]] = (),
        conversions: Iterable[Conversion] = (),
        directory: PathLike,
        label: Optional[str] = None,
        language: Optional[str] = None,
        file_name: Optional[str] = None,
        folder_id: Optional[str] = None,
        project_id: Optional[str] = None,
        place: Optional[str] = None,
        calibration_id: Optional[str] = None,
        polling_first: float = 1.0,
        polling_longest: float = 10.0,
        polling_limit: Optional[float] = 1800.0,
        on_progress: Optional[Callable[[Progress], object]] = None,
        progress: Optional[bool] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Outcome:
        """Text or audio in, finished files out: makes what is needed, has the text spoken or uploads the audio, waits,
        orders the conversions, waits, and downloads each to a file of its own.

            outcome = client.convert("Welcome to the show.", voices=client.search_voices("Ophelia"), directory="takes")

        Args:
            source: A str is the text that is spoken. What is an os.PathLike (pathlib.Path) is an audio file, and what
                is bytes or a voicewire.deepdub.Speech is audio.
            recording_id: Instead of it an original that is there: what was not brought to its end. Conversions that
                were ordered for it are not ordered again, unless they failed.
            voices: Into which voices, as Voice or by their ids, one or any iterable of them (with a Listing, all that are
                on it); texts in the style that the voice has as its default.
            conversions: The same with style, accent and shift. These come before `voices`; one of both at least.
            directory: Where the files go; it is made if it is not there. Their names are made of the label (the
                conversion's own, if it has one), the voice and its style or accent. A file of such a name that is there
                stays, and the new one gets a number ('-2'); what a resumed job had downloaded before is not written a
                second time.
            label: The original's label, with which the files' names begin. Else 'recording'.
            language: The text's language (ISO 639). Else it is found out.
            file_name: What bytes are called as a file, as for create_recording().
            folder_id: The folder for the original. Outcome.folder_id of one call is good for the next.
            project_id: Else the project in which a folder is made.
            place: The name of the folder that is made, and of the project, if none is given. Else 'voicewire'.
            calibration_id: The calibration to use, for audio. Else the account's.
            polling_first: Seconds to the first question whether the service is done; further waits are longer by half
                each time. More than 0.
            polling_longest: The longest wait, in seconds.
            polling_limit: How many seconds the service may take: once for the original and once for its conversions.
                None is without end.
            on_progress: Called with a Progress. What it raises ends the call, and is raised; so does False, with
                CancelledError.
            progress: Whether a bar is drawn on standard error. None: if that is a terminal.
            cancel: A CancelToken that ends the call.

        Raises:
            InvalidArgumentError: before anything is ordered.
            ServerError, RejectedInputError: the service could not process or convert it, in its own words. A conversion
                that fails does not keep the others from becoming files. Where the original itself is refused, the
                project and the folder that were made for it are deleted again.
            TimeoutError: it took too long; `field` is 'polling_limit'.
            InsufficientCreditsError: the credits do not suffice for the order, or for some of its conversions.
            CancelledError: on_progress returned False, `cancel` was cancelled, or the client closed.
            Error: whatever else the calls can fail with.

            Whatever is raised, also by on_progress or Ctrl-C, has an `outcome`: an Outcome with the files that are there,
            the failures, and the recording_id to resume with.
        """
        try:
            job = self._job(source, recording_id, voices, conversions, cancel)
            job.update(
                directory=Path(directory) if directory else "",
                label=label,
                language=language,
                file_name=file_name,
                folder_id=folder_id,
                project_id=project_id,
                place=place,
                calibration_id=calibration_id,
                polling_first=polling_first,
                polling_longest=polling_longest,
                polling_limit=polling_limit,
            )
            with arguments(text="source", data="source", file="source", place_name="place", text_language="language"):
                return self._run(job, on_progress, Bar(progress), cancel)
        except BaseException as error:
            # Also what is not voicewire's own, such as KeyboardInterrupt.
            if getattr(error, "outcome", None) is None:
                setattr(error, "outcome", Outcome(None, None, None, (), ()))
            raise

    def _job(
        self,
        source: Optional[Audio],
        recording_id: Optional[str],
        voices: Union[Voice, str, Iterable[Union[Voice, str]]],
        conversions: Iterable[Conversion],
        cancel: Optional[CancelToken],
    ) -> Dict[str, Any]:
        if (source is None) == (recording_id is None):
            takes = "a text, audio, or a recording_id in its place"
            raise invalid("source", "not given" if source is None else "given besides a recording_id", takes)
        is_text = isinstance(source, str)
        wanted = list(conversions)
        several = several_of(voices)
        if several:
            # What its conversions need depends on what it is made of.
            if recording_id is not None:
                is_text = self.get_recording(recording_id, cancel=cancel).tts is True
            wanted += self._conversions_into(several, is_text, cancel)
        elif not wanted and voices != ():
            raise invalid("voices", "empty", "one voice at least")
        key = "recording_id" if recording_id is not None else "text" if is_text else "audio"
        return {
            key: source if recording_id is None else recording_id,
            "conversions": sent(wanted),
        }

    def _run(
        self,
        job: Dict[str, Any],
        on_progress: Optional[Callable[[Progress], object]],
        bar: Bar,
        cancel: Optional[CancelToken],
    ) -> Outcome:
        def tell(stage: str, done: int, total: int, recording_id: Optional[str], bytes: int) -> object:
            bar.show(stage, done, total, bytes)
            return None if on_progress is None else on_progress(Progress(stage, done, total, recording_id, bytes))

        try:
            made, error = self._core.convert(tell, cancel, **job)
        finally:
            bar.close()
        outcome = outcome_of(made)
        if error is None:
            return outcome
        setattr(error, "outcome", outcome)
        raise error

    def _conversions_into(
        self, voices: Sequence[Union[Voice, str]], is_text: bool, cancel: Optional[CancelToken]
    ) -> List[Conversion]:
        if not is_text:
            return [Conversion(voice if isinstance(voice, str) else voice.id) for voice in voices]
        names = {voice for voice in voices if isinstance(voice, str)}
        known = found(names, self.list_voices(limit=100, cancel=cancel)) if names else {}
        whole = [known[voice] if isinstance(voice, str) else voice for voice in voices]
        return [Conversion(voice.id, style_of(voice)) for voice in whole]


def several_of(voices: Union[Voice, str, Iterable[Union[Voice, str]]]) -> List[Union[Voice, str]]:
    """The voices of whatever may stand for some, gone through once."""
    several = [voices] if isinstance(voices, (Voice, str)) else list(voices)
    for voice in several:
        if not isinstance(voice, (Voice, str)):
            raise invalid("voices", repr(voice), "a Voice or its id, or some of these")
    return several


def found(ids: "set[str]", voices: Iterable[Voice]) -> Dict[str, Voice]:
    """The voices of these ids, no more of them fetched than it takes."""
    known: Dict[str, Voice] = {}
    for voice in voices:
        if voice.id in ids:
            known[voice.id] = voice
        if len(known) == len(ids):
            return known
    missing = next(id for id in sorted(ids) if id not in known)
    raise invalid("voices", repr(missing), "the ids of voices that list_voices() gives")


def style_of(voice: Voice) -> Optional[str]:
    """The style in which a voice speaks texts unless told otherwise."""
    styles = sorted(voice.narration_styles, key=lambda style: style.is_default is not True)
    return styles[0].id if styles else None


def outcome_of(made: Dict[str, Any]) -> Outcome:
    recording = made["recording"]
    return Outcome(
        made["project_id"],
        made["folder_id"],
        None if recording is None else read(Recording, "get_recording", recording),
        tuple(
            Converted(index, read(Recording, "list_conversions", one), Path(path), bytes)
            for index, one, path, bytes in made["files"]
        ),
        tuple(Failure(index, id, error) for index, id, error in made["failures"]),
    )
