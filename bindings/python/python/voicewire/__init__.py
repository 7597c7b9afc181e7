"""Streaming speech from cloud voices: audio arrives chunk by chunk while it is still being generated.

    import voicewire

    with voicewire.deepdub.Client() as client:  # the key from DEEPDUB_API_KEY
        with client.stream_tts("Welcome to the show.", voicewire.deepdub.TRIAL_VOICE, format="wav") as stream:
            with voicewire.AudioFile("welcome.wav", "wav", 48000) as file:
                for chunk in stream:
                    file.write(chunk)

Calls block the thread that makes them and let all other threads run. Ctrl-C ends them on the main thread; elsewhere
close() and a CancelToken do. `voicewire.sandbox` is a stand-in for the services that needs no account, and
`python -m voicewire say` speaks from the command line. `voicewire.respeecher` and `voicewire.palabra` are the other
services: converted voices, and cloned ones.

Format is the type of every `format`, the name of one: 'mp3', 'wav', 'opus', 'mulaw' or 's16le'.
"""

import importlib
from typing import TYPE_CHECKING

from . import deepdub
from ._format import Format
from ._voicewire import (
    SAMPLE_RATES,
    AudioFile,
    BadAudioError,
    BufferFullError,
    CancelToken,
    CancelledError,
    ClosedError,
    DecodedAudio,
    Decoder,
    Error,
    FileError,
    InsufficientCreditsError,
    InternalError,
    InvalidArgumentError,
    LockedError,
    NetworkError,
    NotFoundError,
    OutboxFullError,
    Player,
    PlayerState,
    Problem,
    ProtocolError,
    QuotaExceededError,
    RateLimitedError,
    RejectedInputError,
    ServerError,
    TimeoutError,
    TlsError,
    Track,
    TrackEnd,
    UnauthorizedError,
    __version__,
    decode,
    format_for_path,
)

__all__ = [
    "SAMPLE_RATES",
    "AudioFile",
    "BadAudioError",
    "BufferFullError",
    "CancelToken",
    "CancelledError",
    "ClosedError",
    "DecodedAudio",
    "Decoder",
    "Error",
    "FileError",
    "Format",
    "InsufficientCreditsError",
    "InternalError",
    "InvalidArgumentError",
    "Listing",
    "LockedError",
    "NetworkError",
    "NotFoundError",
    "OutboxFullError",
    "Page",
    "Player",
    "PlayerState",
    "Problem",
    "ProtocolError",
    "QuotaExceededError",
    "RateLimitedError",
    "RejectedInputError",
    "ServerError",
    "TimeoutError",
    "TlsError",
    "Track",
    "TrackEnd",
    "UnauthorizedError",
    "__version__",
    "decode",
    "deepdub",
    "format_for_path",
    "palabra",
    "respeecher",
]

if TYPE_CHECKING:
    from . import palabra, respeecher
    from ._listing import Listing, Page
else:
    # What most programs need none of, and what takes as long to import as all the rest: their dataclasses.
    _LATER = {"Listing": "._listing", "Page": "._listing", "palabra": ".palabra", "respeecher": ".respeecher"}

    def __getattr__(name: str) -> object:
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = importlib.import_module(_LATER[name], __name__)
        found = module if module.__name__ == f"{__name__}.{name}" else getattr(module, name)
        globals()[name] = found
        return found

    def __dir__() -> "list[str]":
        return sorted({*globals(), *_LATER})
