"""Every call of the service, as a table."""

from dataclasses import dataclass
from typing import Literal, Tuple

from .._voicewire import _RESPEECHER_ENDPOINTS


@dataclass(frozen=True)
class Endpoint:
    """One call: a row of ENDPOINTS.

    Attributes:
        name: What it is called here: the name of the client's method, too.
        method: The HTTP method.
        path: The path, with its parameters in braces.
        sends: What it sends besides: 'query', 'json', or 'form' with an audio file in it.
        answers: What it answers with: 'json', a 'page' of a list, or a 'file'.
        required: The parameters that must be given, besides those of the path.
        optional: The others that the service is known to take.
        deprecated: Whether the vendor advises against it.
        repeatable: Whether doing it twice is as good as once: only then it is tried again after a failure that leaves
            open whether it was done.
    """

    name: str
    method: str
    path: str
    sends: Literal["query", "json", "form"]
    answers: Literal["json", "page", "file"]
    required: Tuple[str, ...]
    optional: Tuple[str, ...]
    deprecated: bool
    repeatable: bool


ENDPOINTS: Tuple[Endpoint, ...] = tuple(Endpoint(**row) for row in _RESPEECHER_ENDPOINTS)
