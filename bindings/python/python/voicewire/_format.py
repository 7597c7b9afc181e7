"""The formats, as a type: `voicewire.Format`."""

from typing import Literal

Format = Literal["mp3", "wav", "opus", "mulaw", "s16le"]
