"""The calls by their names, as JSON, and how they become types."""

from pathlib import Path
from typing import Any, Mapping, Optional, Tuple, Type, TypeVar

from .._answer import Answer, Mismatch, read, read_all, whole
from .._listing import Listing, Page
from .._paths import Audio, OnBytes, PathLike
from .._refusal import arguments, protocol
from .._voicewire import CancelToken, _RespeecherClient

A = TypeVar("A", bound=Answer)


class Calls:
    """What the calls that have types are made from. Theirs may be called 'name', too: what is here goes by its
    place."""

    _core: _RespeecherClient

    def call(
        self, name: str, parameters: Optional[Mapping[str, Any]] = None, *, cancel: Optional[CancelToken] = None
    ) -> Any:
        """The call of this name in ENDPOINTS, as JSON: with this, everything that the service does can be had.

        Args:
            name: Such as 'list_projects'.
            parameters: Those of the path, the query or the body, by the service's own names; None is the same as
                nothing. What the table does not know is sent along. In a query a list becomes one text with commas.
                For calls that upload, 'data' is the path of the file.
            cancel: A voicewire.CancelToken that ends this call with CancelledError.

        Returns:
            The answer as dicts, lists and so on; None where the service answers with nothing.

        Raises:
            InvalidArgumentError: before anything is sent: no such call, a parameter that is missing, empty or cannot
                be in a path, a call whose answer is a file. `field` says which.
            Error: whatever the service says, or goes wrong on the way.
        """
        return self._core.call(name, None if parameters is None else dict(parameters), cancel)

    def _one(self, kind: Type[A], name: str, cancel: Optional[CancelToken], /, **parameters: object) -> A:
        return read(kind, name, self._core.call(name, given(parameters), cancel))

    def _maybe(self, kind: Type[A], name: str, cancel: Optional[CancelToken], /, **parameters: object) -> Optional[A]:
        answer = self._core.call(name, given(parameters), cancel)
        return None if answer is None else read(kind, name, answer)

    def _many(self, kind: Type[A], name: str, cancel: Optional[CancelToken], /, **parameters: object) -> Tuple[A, ...]:
        return read_all(kind, name, self._core.call(name, given(parameters), cancel))

    def _list(self, kind: Type[A], name: str, cancel: Optional[CancelToken], /, **parameters: object) -> Listing[A]:
        pages = self._core.list(name, given(parameters), cancel)
        # Of what is left out at the beginning nobody knows how much there is.
        empty = None if parameters.get("offset") else 0
        return Listing(pages, lambda page: page_of(kind, name, page), empty)

    def _upload(
        self,
        kind: Type[A],
        name: str,
        audio: Audio,
        file_name: Optional[str],
        on_progress: Optional[OnBytes],
        cancel: Optional[CancelToken],
        /,
        **parameters: object,
    ) -> A:
        with arguments(data="audio"):
            answer = self._core.upload(name, given(parameters), audio, file_name, on_progress, cancel)
        return read(kind, name, answer)

    def _download(
        self,
        name: str,
        path: PathLike,
        on_progress: Optional[OnBytes],
        cancel: Optional[CancelToken],
        /,
        **parameters: object,
    ) -> Path:
        return self._core.download(name, given(parameters), path, on_progress, cancel)


def given(parameters: Mapping[str, object]) -> Mapping[str, object]:
    """Without what is left to the service."""
    return {name: value for name, value in parameters.items() if value is not None}


def page_of(kind: Type[A], name: str, page: Any) -> Page[A]:
    left = dict(page)
    items = read_all(kind, name, left.pop("list", None))
    try:
        place = {key: whole(value) for key, value in (left.pop("pagination", None) or {}).items()}
    except Mismatch as mismatch:
        raise protocol(f"the answer to {name} is not what it should be: pagination: {mismatch}") from None
    return Page(items, place.get("count"), place.get("limit"), place.get("offset"), left)
