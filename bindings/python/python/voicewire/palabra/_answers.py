"""What the service says about voices and their samples."""

from dataclasses import dataclass, field
from typing import Any, Dict, Optional, Tuple

from .._answer import Answer, mapping


@dataclass(frozen=True)
class AudioMetadata(Answer):
    """What kind of audio a sample is.

    Attributes:
        format: The container.
        codec: The codec.
        duration: Its length in seconds.
        mime_type: Its media type, such as 'audio/wav'.
        extra: Whatever else the service said, by its own names.
    """

    format: Optional[str] = None
    codec: Optional[str] = None
    duration: Optional[float] = None
    mime_type: Optional[str] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class SampleText(Answer):
    """What a sample says.

    Attributes:
        content: The text.
        lang: Its language.
        model: What spoke it: the vendor's page leaves open whether it is told here or of the sample.
        extra: Whatever else the service said, by its own names.
    """

    content: Optional[str] = None
    lang: Optional[str] = None
    model: Optional[str] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class TtsSample(Answer):
    """A sample of a voice, spoken by the service.

    Attributes:
        blob_id: Names the sample.
        url: Where its audio is, for Client.download().
        user_id: Whose voice it is.
        audio_metadata: What kind of audio that is.
        text: What it says.
        model: What spoke it, where that is not told of the text.
        filename: What its file is called.
        mime_type: Its media type.
        display_name: Its name.
        description: What it is.
        utc_created_at: When it was made: RFC 3339.
        extra: Whatever else the service said, by its own names.
    """

    blob_id: str
    url: str
    user_id: Optional[str] = None
    audio_metadata: Optional[AudioMetadata] = None
    text: Optional[SampleText] = None
    model: Optional[str] = None
    filename: Optional[str] = None
    mime_type: Optional[str] = None
    display_name: Optional[str] = None
    description: Optional[str] = None
    utc_created_at: Optional[str] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class CloneSample(Answer):
    """A recording that a voice is cloned from.

    Attributes:
        sample_id: Names it.
        url: Where it is to be uploaded, for a short time. It holds a permission: treat it as a secret.
        form_data: What is to be sent along.
        filename: What its file is called.
        mime_type: Its media type.
        lang_code: Its language.
        denoise: Whether noise is taken out of it.
        speech_normalization: Whether its speech is made evenly loud.
        extra: Whatever else the service said, by its own names.
    """

    sample_id: Optional[str] = None
    url: Optional[str] = field(default=None, repr=False)
    form_data: Dict[str, Any] = field(default_factory=dict, hash=False, repr=False)
    filename: Optional[str] = None
    mime_type: Optional[str] = None
    lang_code: Optional[str] = None
    denoise: Optional[bool] = None
    speech_normalization: Optional[bool] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class ProcessingResult(Answer):
    """What came of the making of a voice.

    Attributes:
        errors: Why it failed.
        warnings: What could be better.
        extra: Whatever else the service said, by its own names.
    """

    errors: Tuple[Any, ...] = ()
    warnings: Tuple[Any, ...] = ()
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class Voice(Answer):
    """A voice.

    Attributes:
        voice_id: Names it in other calls.
        name: Its name.
        description: What it is.
        labels: The account's own words about it.
        processing_status: How far it has come.
        processing_result: What came of that.
        samples: What it is cloned from.
        utc_created_at: When it was made: RFC 3339.
        extra: Whatever else the service said, by its own names.
    """

    voice_id: str
    name: Optional[str] = None
    description: Optional[str] = None
    labels: Dict[str, Any] = mapping()
    processing_status: Optional[str] = None
    processing_result: Optional[ProcessingResult] = None
    samples: Tuple[CloneSample, ...] = ()
    utc_created_at: Optional[str] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class Limits(Answer):
    """How many voices the account may have.

    Attributes:
        total: How many there are.
        limit: How many there may be.
        remaining: How many more.
        ready: Of these, ready.
        pending: Being made.
        failed: Failed.
        extra: Whatever else the service said, by its own names.
    """

    total: Optional[int] = None
    limit: Optional[int] = None
    remaining: Optional[int] = None
    ready: Optional[int] = None
    pending: Optional[int] = None
    failed: Optional[int] = None
    extra: Dict[str, Any] = mapping()
