"""Lists that services give page by page."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Callable, Deque, Dict, Generic, Iterator, Optional, Tuple, TypeVar

from ._voicewire import _Pages

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list.

    Attributes:
        items: What is on it.
        count: How many there are in all, where the service says so.
        limit: How many a page has at most, where the service says so.
        offset: How many come before it, where the service says so.
        extra: Whatever else the service said, by its own names.
    """

    items: Tuple[T, ...]
    count: Optional[int] = None
    limit: Optional[int] = None
    offset: Optional[int] = None
    extra: Dict[str, Any] = field(default_factory=dict, hash=False)


class Listing(Iterator[T]):
    """A list of a service's, fetched as it is iterated over: it holds one page at a time.

        for project in client.list_projects():
            print(project.name)

    It goes from the beginning to the end once. After an exception, Ctrl-C's included, it is at its end; what had come
    stays good. The call's `cancel` ends all its fetching.
    """

    def __init__(self, pages: _Pages, read: Callable[[Any], Page[T]], empty: Optional[int] = None) -> None:
        """Made by the calls of clients. `empty` is the count where there is not even a first page."""
        self._pages = pages
        self._read = read
        self._empty = empty
        self._page: Optional[Page[T]] = None
        self._waiting: Deque[T] = deque()

    @property
    def count(self) -> Optional[int]:
        """How many there are in all, where the service says so. Fetches the first page, if none has come yet."""
        if self._page is None:
            self._fetch()
        return self._empty if self._page is None else self._page.count

    def pages(self) -> Iterator[Page[T]]:
        """What is left of the list, by its pages."""
        while True:
            if self._page is not None and self._waiting:
                rest = tuple(self._waiting)
                self._waiting.clear()
                page = self._page
                yield Page(rest, page.count, page.limit, page.offset, page.extra)
            elif not self._fetch():
                return

    def _fetch(self) -> bool:
        made = self._pages.next_page()
        if made is None:
            return False
        self._page = self._read(made)
        self._waiting.extend(self._page.items)
        return True

    def __iter__(self) -> "Listing[T]":
        return self

    def __next__(self) -> T:
        # A page may be empty without being the last.
        while not self._waiting:
            if not self._fetch():
                raise StopIteration
        return self._waiting.popleft()


# They are to be found there, and say so.
Listing.__module__ = Page.__module__ = "voicewire"
