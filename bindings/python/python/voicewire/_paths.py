"""What arguments that are files may be."""

import os
from typing import TYPE_CHECKING, Callable, Optional, Union

if TYPE_CHECKING:
    from ._voicewire import Speech

PathLike = Union[str, "os.PathLike[str]"]
# A path, the bytes of a file, or a Speech.
Audio = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview, "Speech"]
# How many bytes of how many (None where nobody knows) have been sent or have come; False stops it.
OnBytes = Callable[[int, Optional[int]], object]
