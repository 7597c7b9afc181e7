"""Palabra: cloned voices, and the samples that let one hear them.

    import voicewire

    with voicewire.palabra.Client() as client:  # the key from PALABRA_API_KEY
        voice = client.clone("Ann", "ann.wav", lang_code="en-us")
        sample = client.regenerate_sample(voice.voice_id, "de", wait=True)
        client.download(sample, "ann-de.wav")

Answers are frozen dataclasses: what the service left out is None or empty, and what is not known here is in `extra`.
The vendor's page describes the regeneration of a sample; of the other calls the fields are as far as they are known.
"""

from .._voicewire import _LANG_CODES as LANG_CODES
from .._voicewire import _PALABRA_URL as BASE_URL
from ._answers import AudioMetadata, CloneSample, Limits, ProcessingResult, SampleText, TtsSample, Voice
from ._client import Client, Progress
from ._endpoints import ENDPOINTS, Endpoint

__all__ = [
    "BASE_URL",
    "ENDPOINTS",
    "LANG_CODES",
    "AudioMetadata",
    "Client",
    "CloneSample",
    "Endpoint",
    "Limits",
    "ProcessingResult",
    "Progress",
    "SampleText",
    "TtsSample",
    "Voice",
]

# They are to be found here, and say so.
for _name in __all__:
    if isinstance(globals()[_name], type):
        globals()[_name].__module__ = __name__
