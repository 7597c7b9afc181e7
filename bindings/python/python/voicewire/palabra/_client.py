"""The client: one account, any number of calls from any number of threads."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Mapping, Optional, Sequence, Type, TypeVar, Union

from .._answer import Answer, read, read_all
from .._listing import Listing, Page
from .._paths import OnBytes, PathLike
from .._progress import Bar
from .._refusal import arguments, invalid
from .._voicewire import CancelToken, _PalabraClient
from ._answers import Limits, TtsSample, Voice

A = TypeVar("A", bound=Answer)


@dataclass(frozen=True)
class Progress:
    """How far Client.clone() has come.

    Attributes:
        stage: What is being done: 'uploading' or 'processing'.
        done: Bytes in an upload, else 0 and then 1.
        total: How much there is to do.
        voice_id: The voice: Client.get_voice() says what became of it after a call that ended before its time.
    """

    stage: str
    done: int
    total: int
    voice_id: Optional[str]


class Client:
    """Speaks to Palabra. Opens no connection before the first call.

        with voicewire.palabra.Client() as client:  # the key from PALABRA_API_KEY
            sample = client.regenerate_sample("voice-id", "en-us", wait=True)
            client.download(sample, "sample.wav")

    May be used from any number of threads at once. Every call blocks the thread that makes it and lets other threads
    run. Ctrl-C ends a call on the main thread within 100 ms; calls on other threads are ended by close(), or by the
    CancelToken that a call was given as `cancel`. As a context manager it is closed at the end of the block.

    Errors have the service's own account of them, whole, as their `problem`. After os.fork() make clients in the
    child, and leave alone those of the parent.

    Args:
        api_key: The key. Else, where there is no client_id either, PALABRA_API_KEY in the environment.
        client_id: With client_secret instead of a key. Else, where there is no key at all, PALABRA_CLIENT_ID and
            PALABRA_CLIENT_SECRET.
        client_secret: As client_id.
        base_url: Where the service is. Else PALABRA_API_URL, else BASE_URL.
        connect_timeout, rest_timeout, idle_timeout, ca_pem, allow_plaintext, max_message_bytes, proxy, retries,
            retry_first_delay, retry_max_delay: As for voicewire.respeecher.Client.

    Raises:
        InvalidArgumentError: neither a key nor a client id with its secret, or an argument that cannot be; its `field`
            says which.
    """

    def __init__(
        self,
        api_key: Optional[str] = None,
        *,
        client_id: Optional[str] = None,
        client_secret: Optional[str] = None,
        base_url: Optional[str] = None,
        connect_timeout: Optional[float] = 10.0,
        rest_timeout: Optional[float] = 60.0,
        idle_timeout: Optional[float] = 60.0,
        ca_pem: Optional[str] = None,
        allow_plaintext: bool = False,
        max_message_bytes: int = 16 * 1024 * 1024,
        proxy: Optional[str] = None,
        retries: int = 3,
        retry_first_delay: float = 0.25,
        retry_max_delay: float = 8.0,
    ) -> None:
        self._core = _PalabraClient(
            api_key=api_key,
            client_id=client_id,
            client_secret=client_secret,
            base_url=base_url,
            connect_timeout=connect_timeout,
            rest_timeout=rest_timeout,
            idle_timeout=idle_timeout,
            ca_pem=ca_pem,
            allow_plaintext=allow_plaintext,
            max_message_bytes=max_message_bytes,
            proxy=proxy,
            retries=retries,
            retry_first_delay=retry_first_delay,
            retry_max_delay=retry_max_delay,
        )

    def call(
        self, name: str, parameters: Optional[Mapping[str, Any]] = None, *, cancel: Optional[CancelToken] = None
    ) -> Any:
        """The call of this name in ENDPOINTS, as JSON: with this, everything that the service does can be had.

        Args:
            name: Such as 'list_voices'.
            parameters: Those of the path, and of the query or the body's 'data', by the service's own names; None is
                the same as nothing. What the table does not know is sent along.
            cancel: A voicewire.CancelToken that ends this call with CancelledError.

        Returns:
            The answer's 'data', as dicts, lists and so on.

        Raises:
            InvalidArgumentError: before anything is sent: no such call, a parameter that is missing, empty or cannot
                be in a path. `field` says which.
            Error: whatever the service says, with its `problem`, or goes wrong on the way.
        """
        return self._core.call(name, None if parameters is None else dict(parameters), cancel)

    def list_voices(
        self,
        *,
        search: Optional[str] = None,
        lang: Optional[str] = None,
        page_size: Optional[int] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Listing[Voice]:
        """The account's voices, fetched as they are iterated over.

        Args:
            search: Only those in whose names this is.
            lang: Only those of this language.
            page_size: How many on a page.
            cancel: A CancelToken that ends all of the list's fetching.
        """
        return self._list(Voice, "list_voices", cancel, search=search, lang=lang, page_size=page_size)

    def list_builtin_voices(
        self, *, page_size: Optional[int] = None, cancel: Optional[CancelToken] = None
    ) -> Listing[Voice]:
        """The voices that everybody has, fetched as they are iterated over."""
        return self._list(Voice, "list_builtin_voices", cancel, page_size=page_size)

    def get_voice(self, voice_id: str, *, cancel: Optional[CancelToken] = None) -> Voice:
        """One voice."""
        return read(Voice, "get_voice", self._core.call("get_voice", {"voice_id": voice_id}, cancel))

    def update_voice(
        self,
        voice_id: str,
        *,
        name: Optional[str] = None,
        description: Optional[str] = None,
        labels: Optional[Mapping[str, Any]] = None,
        extra: Optional[Mapping[str, Any]] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Voice:
        """Changes what is given of a voice, and answers with the whole.

        Args:
            voice_id: The voice.
            name, description, labels: As for clone().
            extra: What else is to be changed, by the service's own names.
            cancel: A CancelToken that ends the call.
        """
        changes = given({"name": name, "description": description, "labels": labels and dict(labels)})
        parameters = {**(extra or {}), **changes, "voice_id": voice_id}
        return read(Voice, "update_voice", self._core.call("update_voice", parameters, cancel))

    def delete_voice(self, voice_id: str, *, cancel: Optional[CancelToken] = None) -> Any:
        """Deletes a voice, and answers with what the service says about it, which may be nothing."""
        return self._core.call("delete_voice", {"voice_id": voice_id}, cancel)

    def get_limits(self, *, cancel: Optional[CancelToken] = None) -> Limits:
        """How many voices the account may have."""
        return read(Limits, "get_limits", self._core.call("get_limits", None, cancel))

    def list_samples(
        self,
        *,
        sort: Optional[str] = None,
        page_size: Optional[int] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Listing[TtsSample]:
        """The samples of all voices, fetched as they are iterated over.

        Args:
            sort: By what they are sorted, as the service has it.
            page_size: How many on a page.
            cancel: A CancelToken that ends all of the list's fetching.
        """
        return self._list(TtsSample, "list_samples", cancel, sort=sort, page_size=page_size)

    def create_clone(
        self,
        name: str,
        samples: Sequence[Mapping[str, Any]],
        *,
        description: Optional[str] = None,
        labels: Optional[Mapping[str, Any]] = None,
        extra: Optional[Mapping[str, Any]] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Voice:
        """Announces a voice; its `samples` say where the recordings are to be uploaded. clone() does all of it.

        Args:
            name: Its name. Not empty.
            samples: Of each recording what the service wants to know: 'filename', 'mime_type', 'lang_code' and so on.
            description: What it is.
            labels: The account's own words about it.
            extra: What else the service is to know, by its own names.
            cancel: A CancelToken that ends the call.
        """
        known = given({"description": description, "labels": labels and dict(labels)})
        parameters = {**(extra or {}), **known, "name": name, "samples": [dict(sample) for sample in samples]}
        return read(Voice, "create_clone", self._core.call("create_clone", parameters, cancel))

    def regenerate_sample(
        self,
        voice_id: str,
        lang_code: str,
        *,
        wait: Union[float, bool, None] = None,
        waiting_first: float = 1.0,
        waiting_longest: float = 10.0,
        cancel: Optional[CancelToken] = None,
    ) -> TtsSample:
        """Replaces all samples of a voice by a fresh one in this language, and answers with it.

        Args:
            voice_id: The voice.
            lang_code: One of LANG_CODES, such as 'en-us'. A code that the service got since goes through call().
            wait: Whether another regeneration of the same voice is waited for, if one is running: so many seconds, or
                as long as it takes (True).
            waiting_first: Seconds to the first further try; the waits grow by half each time. More than 0.
            waiting_longest: The longest wait, in seconds.
            cancel: A CancelToken that ends the call.

        Raises:
            LockedError: another regeneration of the same voice is running, or still is when the time is over. It
                passes; what the account may not do is UnauthorizedError.
            Error: as call().
        """
        waits = wait is not None and wait is not False
        takes = "seconds, 0 or more, True for as long as it takes, or None not to wait"
        try:
            limit = float(wait) if waits and wait is not True and wait is not None else None
        except (TypeError, ValueError):
            raise invalid("wait", repr(wait), takes) from None
        if limit is not None and not limit >= 0:
            raise invalid("wait", limit, takes)
        made = self._core.regenerate_sample(
            voice_id,
            lang_code,
            waits,
            cancel,
            waiting_first=waiting_first,
            waiting_longest=waiting_longest,
            waiting_limit=limit,
        )
        return read(TtsSample, "regenerate_sample", made)

    def clone(
        self,
        name: str,
        audio: PathLike,
        *,
        lang_code: Optional[str] = None,
        description: Optional[str] = None,
        labels: Optional[Mapping[str, Any]] = None,
        denoise: Optional[bool] = None,
        speech_normalization: Optional[bool] = None,
        extra: Optional[Mapping[str, Any]] = None,
        waiting_first: float = 1.0,
        waiting_longest: float = 10.0,
        waiting_limit: Optional[float] = 600.0,
        on_progress: Optional[Callable[[Progress], object]] = None,
        progress: Optional[bool] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Voice:
        """Makes a voice from a recording: announces it, uploads it, and waits until the voice is ready.

        Args:
            name: Its name. Not empty.
            audio: The recording's path: WAV, MP3, M4A, FLAC, WebM or MP4, by its ending. It is sent as it is read. What is
                in memory is saved first: Speech.save(), pathlib.Path.write_bytes().
            lang_code: The language that is spoken in it, one of LANG_CODES. None leaves it out, and the service may want
                it.
            description: What the voice is.
            labels: The account's own words about it.
            denoise: Whether noise is to be taken out of it. Else the service decides.
            speech_normalization: Whether its speech is to be made evenly loud. Else the service decides.
            extra: What else the service is to know, by its own names.
            waiting_first: Seconds to the first question whether it is ready; further waits are longer by half each
                time.
            waiting_longest: The longest wait, in seconds.
            waiting_limit: How many seconds the service may take. None is without end.
            on_progress: Called with a Progress. What it raises ends the call, and is raised; so does False, with
                CancelledError.
            progress: Whether a bar is drawn on standard error. None: if that is a terminal.
            cancel: A CancelToken that ends the call.

        Raises:
            InvalidArgumentError, FileError: before anything is sent.
            ServerError: the service could not make the voice, in its own words.
            QuotaExceededError: the account may have no more voices.
            TimeoutError: it took too long; `field` is 'waiting_limit'.
            Error: whatever else can go wrong.

            Whatever is raised, also by on_progress or Ctrl-C, has a `voice_id`: a voice that has been announced stays, and
            delete_voice() makes room again; None before.
        """
        if not isinstance(audio, (str, os.PathLike)):
            raise invalid("audio", f"of {type(audio)}", "the path of a recording; what is in memory is saved first")
        bar = Bar(progress)

        def tell(stage: str, done: int, total: int, voice_id: Optional[str]) -> object:
            bar.show(stage, done, total)
            return None if on_progress is None else on_progress(Progress(stage, done, total, voice_id))

        try:
            with arguments(recording="audio"):
                made = self._core.clone_voice(
                    tell,
                    cancel,
                    name=name,
                    audio=audio,
                    lang_code=lang_code,
                    description=description,
                    labels=labels and dict(labels),
                    denoise=denoise,
                    speech_normalization=speech_normalization,
                    extra=extra and dict(extra),
                    waiting_first=waiting_first,
                    waiting_longest=waiting_longest,
                    waiting_limit=waiting_limit,
                )
        except BaseException as error:
            # What is not voicewire's own, such as KeyboardInterrupt, has it only where there is one.
            if not hasattr(error, "voice_id"):
                setattr(error, "voice_id", None)
            raise
        finally:
            bar.close()
        return read(Voice, "get_voice", made)

    def download(
        self,
        sample: Union[TtsSample, str],
        path: PathLike,
        *,
        on_progress: Optional[OnBytes] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Path:
        """Downloads a sample, or what a `url` leads to. Otherwise as voicewire.respeecher.Client.download().

        Args:
            sample: A TtsSample, or what is its `url`.
            path: A file, or a directory that is there.
            on_progress: Called with the bytes that have come and those that there are.
            cancel: A CancelToken that ends the call.

        Returns:
            The file.
        """
        url = sample if isinstance(sample, str) else sample.url
        return self._core.download_url(url, path, on_progress, cancel)

    @property
    def base_url(self) -> str:
        """Where the service is, without a query."""
        return self._core.base_url

    def close(self) -> None:
        """Ends every call that is under way, on all threads, with CancelledError, and closes the connections. It is for
        good: calls made afterwards are a CancelledError too, with nothing sent. A second time it does nothing."""
        self._core.close()

    def _list(self, kind: Type[A], name: str, cancel: Optional[CancelToken], /, **parameters: object) -> Listing[A]:
        pages = self._core.list(name, given(parameters), cancel)
        return Listing(pages, lambda page: page_of(kind, name, page))

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<voicewire.palabra.Client of {self.base_url}>"


def given(parameters: Mapping[str, object]) -> Mapping[str, object]:
    """Without what is left to the service."""
    return {name: value for name, value in parameters.items() if value is not None}


def page_of(kind: Type[A], name: str, page: Any) -> Page[A]:
    left = dict(page)
    left.pop("next", None)
    return Page(read_all(kind, name, left.pop("items", None)), extra=left)
