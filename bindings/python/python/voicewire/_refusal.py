"""Errors that are noticed in Python, in the words that the core has for its own."""

from contextlib import contextmanager
from typing import Iterator

from ._voicewire import FileError, InvalidArgumentError, ProtocolError


def invalid(field: str, got: object, takes: str) -> InvalidArgumentError:
    """An argument that is refused: which, what it was, what it takes."""
    message = f"{field} is {got}; it takes {takes}"
    error = InvalidArgumentError(f"invalid argument: {message}")
    error.message = message
    error.field = field
    return error


def protocol(message: str) -> ProtocolError:
    """An answer that is not what it should be."""
    error = ProtocolError(f"protocol: {message}")
    error.message = message
    return error


@contextmanager
def arguments(**names: str) -> Iterator[None]:
    """What is refused before anything is sent goes by the argument's name, where that is not the service's: keys are the
    service's names, values the arguments'."""
    try:
        yield
    except (InvalidArgumentError, FileError) as error:
        name = names.get(error.field or "")
        if name is not None:
            kind, message, notes = str(error).partition(error.message)
            if message.startswith(f"{error.field} is "):
                message = name + message[len(error.field or "") :]
            # A message that does not name it has it in the notes after it.
            error.args = (kind + message + notes.replace(f"({error.field}", f"({name}", 1),)
            error.message, error.field = message, name
        raise
