"""Deepdub: streaming text-to-speech, and issue reports about generations that came out wrong.

Vendor pages: https://docs.deepdub.ai (WebSocket API; Issues).
"""

from ._voicewire import (
    TRIAL_KEY,
    TRIAL_VOICE,
    Chunk,
    Client,
    Issue,
    Line,
    Outbox,
    Remembered,
    SendSummary,
    Session,
    Speech,
    SpeechStream,
    StateChange,
    StoredReport,
    Summary,
    TextSession,
    Turn,
    config_tag,
)

__all__ = [
    "TRIAL_KEY",
    "TRIAL_VOICE",
    "Chunk",
    "Client",
    "Issue",
    "Line",
    "Outbox",
    "Remembered",
    "SendSummary",
    "Session",
    "Speech",
    "SpeechStream",
    "StateChange",
    "StoredReport",
    "Summary",
    "TextSession",
    "Turn",
    "config_tag",
]
