"""Respeecher's Voice Marketplace: projects with recordings in them, spoken from texts or uploaded, that are converted
into other voices by order.

    import voicewire

    with voicewire.respeecher.Client() as client:  # the key from RESPEECHER_API_KEY
        voices = client.search_voices("Ophelia", limit=1)
        for file in client.convert("Welcome to the show.", voices=voices, directory="takes").files:
            print(file.path)

Answers are frozen dataclasses: what the service left out is None or empty, what is not known here is in `extra`, and
words such as `state` are plain str, since there may be new ones at any time.
"""

from .._voicewire import _RESPEECHER_URL as BASE_URL
from ._account import (
    ApiKey,
    Calibration,
    ConversionCounts,
    Credits,
    FolderStats,
    ModelStats,
    MonthConverted,
    ProjectStats,
    Session,
    Stats,
    TimeConverted,
)
from ._client import Client
from ._endpoints import ENDPOINTS, Endpoint
from ._flow import Converted, Failure, Outcome, Progress
from ._library import Deleted, Folder, Moderation, Note, PlacedOrder, Project, Recording
from ._voice_calls import Conversion
from ._voices import (
    Accent,
    AccentInfo,
    AccentSamples,
    AccentSettings,
    NarrationStyle,
    NarrationStyleInfo,
    NarrationStyleSettings,
    Tier,
    TtsVoice,
    Voice,
)

__all__ = [
    "BASE_URL",
    "ENDPOINTS",
    "Accent",
    "AccentInfo",
    "AccentSamples",
    "AccentSettings",
    "ApiKey",
    "Calibration",
    "Client",
    "Conversion",
    "ConversionCounts",
    "Converted",
    "Credits",
    "Deleted",
    "Endpoint",
    "Failure",
    "Folder",
    "FolderStats",
    "ModelStats",
    "Moderation",
    "MonthConverted",
    "NarrationStyle",
    "NarrationStyleInfo",
    "NarrationStyleSettings",
    "Note",
    "Outcome",
    "PlacedOrder",
    "Progress",
    "Project",
    "ProjectStats",
    "Recording",
    "Session",
    "Stats",
    "Tier",
    "TimeConverted",
    "TtsVoice",
    "Voice",
]

# They are to be found here, and say so.
for _name in __all__:
    if isinstance(globals()[_name], type):
        globals()[_name].__module__ = __name__
