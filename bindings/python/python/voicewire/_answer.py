"""What services answer with, as dataclasses: how they are read out of JSON, and written back."""

import dataclasses
from typing import Any, Callable, Dict, Mapping, Tuple, Type, TypeVar, Union, get_args, get_origin, get_type_hints

from ._refusal import protocol

A = TypeVar("A", bound="Answer")
Reader = Callable[[object], Any]
# What readers() has found out.
READERS: "Dict[type, Mapping[str, Tuple[Reader, bool]]]" = {}


@dataclasses.dataclass(frozen=True)
class Answer:
    """Something that a service has said. What it left out is None or empty; what is not known here is in `extra`."""

    def to_dict(self) -> Dict[str, Any]:
        """All of it as a dict that json.dumps() takes, with the service's own names."""
        names = [field.name for field in dataclasses.fields(self) if field.name != "extra"]
        return {**{name: plain(getattr(self, name)) for name in names}, **getattr(self, "extra", {})}


def mapping() -> Any:
    """A field that is a dict, and so has no part in the hash."""
    return dataclasses.field(default_factory=dict, hash=False)


def loose() -> Any:
    """A field that may be any JSON."""
    return dataclasses.field(default=None, hash=False)


def read(kind: Type[A], call: str, data: object) -> A:
    """The answer to `call` as what it should be."""
    try:
        return read_object(kind, data)
    except Mismatch as mismatch:
        raise protocol(f"the answer to {call} is not what it should be: {mismatch}") from None


def read_all(kind: Type[A], call: str, data: object) -> Tuple[A, ...]:
    """A list of them; one, or nothing, where descriptions of the service differ."""
    if data is None:
        return ()
    return tuple(read(kind, call, one) for one in (data if isinstance(data, list) else [data]))


class Mismatch(Exception):
    """The answer is not what it should be."""


def read_object(kind: Type[A], data: object) -> A:
    if not isinstance(data, dict):
        raise Mismatch(f"{kind.__name__} is {named(data)} rather than an object")
    left = dict(data)
    values: Dict[str, Any] = {}
    for name, (reader, required) in readers(kind).items():
        value = left.pop(name, None)
        if value is not None:
            try:
                values[name] = reader(value)
            except Mismatch as mismatch:
                raise Mismatch(f"{name}: {mismatch}") from None
        elif required:
            raise Mismatch(f"{kind.__name__} has no {name}")
    make: Any = kind
    made: A = make(**values, extra=left)
    return made


def readers(kind: Type[Answer]) -> Mapping[str, Tuple[Reader, bool]]:
    """How each field is read, and whether it must be there."""
    if kind in READERS:
        return READERS[kind]
    hints = get_type_hints(kind)
    READERS[kind] = {
        field.name: (
            reader_of(hints[field.name]),
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
        )
        for field in dataclasses.fields(kind)
        if field.name != "extra"
    }
    return READERS[kind]


def reader_of(hint: Any) -> Reader:
    if hint is Any:
        return lambda value: value
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Union:
        choices = [reader_of(argument) for argument in arguments if argument is not type(None)]
        return choices[0] if len(choices) == 1 else any_of(choices)
    if origin is tuple:
        return tuple_of(reader_of(arguments[0]))
    if isinstance(hint, type) and issubclass(hint, Answer):
        return lambda value: read_object(hint, value)
    return PLAIN[origin or hint]


def any_of(choices: "list[Reader]") -> Reader:
    def reader(value: object) -> Any:
        for choice in choices[:-1]:
            try:
                return choice(value)
            except Mismatch:
                pass
        return choices[-1](value)

    return reader


def tuple_of(item: Reader) -> Reader:
    def reader(value: object) -> Any:
        if not isinstance(value, list):
            raise Mismatch(f"{named(value)} rather than a list")
        return tuple(item(one) for one in value)

    return reader


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def number(value: Any) -> float:
    if not is_number(value):
        raise Mismatch(f"{named(value)} rather than a number")
    return float(value)


def whole(value: Any) -> int:
    if not is_number(value) or value != int(value):
        raise Mismatch(f"{named(value)} rather than a whole number")
    return int(value)


def exactly(kind: type, name: str) -> Reader:
    def reader(value: object) -> Any:
        if not isinstance(value, kind):
            raise Mismatch(f"{named(value)} rather than {name}")
        return value

    return reader


PLAIN: Dict[Any, Reader] = {
    str: exactly(str, "a text"),
    bool: exactly(bool, "a truth value"),
    dict: exactly(dict, "an object"),
    float: number,
    int: whole,
}


def named(value: object) -> str:
    names = {str: "a text", bool: "a truth value", dict: "an object", list: "a list", type(None): "null"}
    return names.get(type(value), "a number")


def plain(value: object) -> Any:
    if isinstance(value, Answer):
        return value.to_dict()
    return [plain(one) for one in value] if isinstance(value, tuple) else value
