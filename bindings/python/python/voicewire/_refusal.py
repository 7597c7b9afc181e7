"""Errors that are noticed in Python, in the words that the core has for its own."""

from ._voicewire import InvalidArgumentError, ProtocolError


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
