"""A bar on the terminal that says how far something has come."""

import os
import sys
from typing import Optional, TextIO

WIDTH = 24
# What is counted in bytes.
BYTES = "uploading"


class Bar:
    """One line on standard error that changes; where that is no terminal, a line for each step.

    `wanted` is None for: only on a terminal.
    """

    def __init__(self, wanted: Optional[bool]) -> None:
        stream = sys.stderr
        self._stream = stream
        self._live = stream is not None and stream.isatty()
        self._shows = stream is not None and (self._live if wanted is None else wanted)
        self._last = ""

    def show(self, stage: str, done: int, total: int, bytes: int = 0) -> None:
        """Says how far the stage has come."""
        if not self._shows:
            return
        share = done / total if total else 0.0
        if self._live:
            filled = int(share * WIDTH)
            line = f"{stage:<11} [{'#' * filled}{'-' * (WIDTH - filled)}] {count(stage, done, total)}"
            if bytes:
                line += f", {size(bytes)}"
        else:
            line = stage if stage == BYTES else f"{stage} {count(stage, done, total)}"
        if self._live:
            line = line[: columns(self._stream) - 1]
        if line != self._last:
            # What was longer before is written over.
            text = f"\r{line:<{len(self._last)}}" if self._live else f"{line}\n"
            self._last = line
            self._write(text)

    def close(self) -> None:
        """Leaves the line as it is."""
        if self._shows and self._live and self._last:
            self._write("\n")

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # it was closed: nobody looks
            self._shows = False


def columns(stream: TextIO) -> int:
    """How wide the terminal is: a longer line would not be written over."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def count(stage: str, done: int, total: int) -> str:
    return f"{size(done)} of {size(total)}" if stage == BYTES else f"{done} of {total}"


def size(bytes: int) -> str:
    return f"{bytes / 1e6:.1f} MB" if bytes >= 1e6 else f"{bytes / 1e3:.0f} kB"
