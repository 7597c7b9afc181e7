"""Every call about voices, as a table."""

from dataclasses import dataclass
from typing import Tuple

from .._voicewire import _PALABRA_ENDPOINTS


@dataclass(frozen=True)
class Endpoint:
    """One call: a row of ENDPOINTS.

    Attributes:
        name: What it is called here: the name of the client's method, too.
        method: The HTTP method.
        path: The path, with its parameters in braces. What is sent besides is a query for GET, else the object 'data'.
        required: The parameters that must be given, besides those of the path.
        optional: The others that the service is known to take.
        pages: Whether it answers with a page of a list.
        repeatable: Whether doing it twice is as good as once: only then it is tried again after a failure that leaves
            open whether it was done.
    """

    name: str
    method: str
    path: str
    required: Tuple[str, ...]
    optional: Tuple[str, ...]
    pages: bool
    repeatable: bool


ENDPOINTS: Tuple[Endpoint, ...] = tuple(Endpoint(**row) for row in _PALABRA_ENDPOINTS)
