"""What the service says about projects and what is in them."""

from dataclasses import dataclass
from typing import Any, Dict, Optional, Union

from .._answer import Answer, loose, mapping


@dataclass(frozen=True)
class Deleted(Answer):
    """Something that was deleted.

    Attributes:
        id: Names it in other calls.
        extra: Whatever else the service said, by its own names.
    """

    id: str
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class Project(Answer):
    """A project: folders with recordings in them.

    Attributes:
        id: Names it in other calls.
        name: Its name.
        slug: Its name as it stands in its URL.
        owner: Whose it is: a user or a group.
        url: Its URL, for 'get_project_by_url'.
        models: Not used any more.
        active: Whether it is there.
        created_at: When it was made: RFC 3339.
        last_recording_at: When the last recording came into it: RFC 3339.
        extra: Whatever else the service said, by its own names.
    """

    id: str
    name: Optional[str] = None
    slug: Optional[str] = None
    owner: Optional[str] = None
    url: Optional[str] = None
    models: Any = loose()
    active: Optional[bool] = None
    created_at: Optional[str] = None
    last_recording_at: Optional[str] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class Folder(Answer):
    """A folder of a project.

    Attributes:
        id: Names it in other calls.
        name: Its name.
        project_id: The project it is in.
        parent_id: The folder it is in.
        active: Whether it is there.
        created_at: When it was made: RFC 3339.
        extra: Whatever else the service said, by its own names.
    """

    id: str
    name: Optional[str] = None
    project_id: Optional[str] = None
    parent_id: Optional[str] = None
    active: Optional[bool] = None
    created_at: Optional[str] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class Moderation(Answer):
    """What a conversion went through for moderation.

    Attributes:
        state: How far it has come.
        error: Why it failed.
        language: The language that was found.
        has_violations: Whether something in it is not allowed.
        extra: Whatever else the service said, by its own names.
    """

    state: Optional[str] = None
    error: Optional[str] = None
    language: Optional[str] = None
    has_violations: Optional[bool] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class Note(Answer):
    """A note about a recording.

    Attributes:
        id: Names it in other calls.
        recording_id: The recording.
        text: What it says.
        active: Whether it is there.
        extra: Whatever else the service said, by its own names.
    """

    id: str
    recording_id: Optional[str] = None
    text: Optional[str] = None
    active: Optional[bool] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class Recording(Answer):
    """A recording: an original, or a conversion of one.

    Attributes:
        id: Names it in other calls.
        project_id: The project it is in.
        parent_folder_id: The folder it is in.
        type: Whether it is an original or a conversion ('type').
        url: Where its audio is, for Client.download().
        waveform_url: Where its waveform is.
        file_name: What its file is called.
        label: Its label.
        state: How far it has come.
        original_id: Of a conversion: what was converted.
        model_id: The model.
        model_name: The model's name.
        voice_id: Of a conversion: the voice.
        voice_name: The voice's name.
        accent_id: The accent.
        accent_name: The accent's name.
        narration_style_id: The narration style.
        narration_style_name: The narration style's name.
        semitones_correction: By how many semitones it was shifted.
        calibration_id: The calibration that was used.
        calibration_value: Its value: a number or a text, depending on whom one asks.
        calibration_name: Its name.
        microphone: The microphone; 'file' for an upload.
        size: The file's length in bytes.
        duration: Its length in seconds.
        starred: Whether it is starred.
        tts: Whether it was spoken from a text.
        tts_voice: The name of the voice that spoke it.
        tts_voice_id: That voice.
        text: The text.
        params: What it was made with.
        error: Why it failed.
        active: Whether it is there.
        created_at: When it was made: RFC 3339.
        converted_at: When it was converted: RFC 3339.
        listen_count: How often it was listened to.
        process_stage: What is being done to it.
        note: A note about it.
        transaction_id: The payment.
        moderation: What moderation found.
        extra: Whatever else the service said, by its own names.
    """

    id: str
    project_id: Optional[str] = None
    parent_folder_id: Optional[str] = None
    type: Optional[str] = None
    url: Optional[str] = None
    waveform_url: Optional[str] = None
    file_name: Optional[str] = None
    label: Optional[str] = None
    state: Optional[str] = None
    original_id: Optional[str] = None
    model_id: Optional[str] = None
    model_name: Optional[str] = None
    voice_id: Optional[str] = None
    voice_name: Optional[str] = None
    accent_id: Optional[str] = None
    accent_name: Optional[str] = None
    narration_style_id: Optional[str] = None
    narration_style_name: Optional[str] = None
    semitones_correction: Optional[float] = None
    calibration_id: Optional[str] = None
    calibration_value: Any = loose()
    calibration_name: Optional[str] = None
    microphone: Optional[str] = None
    size: Optional[float] = None
    duration: Optional[float] = None
    starred: Optional[bool] = None
    tts: Optional[bool] = None
    tts_voice: Optional[str] = None
    tts_voice_id: Optional[str] = None
    text: Optional[str] = None
    params: Any = loose()
    error: Optional[str] = None
    active: Optional[bool] = None
    created_at: Optional[str] = None
    converted_at: Optional[str] = None
    listen_count: Optional[int] = None
    process_stage: Optional[str] = None
    note: Union[Note, str, None] = None
    transaction_id: Optional[str] = None
    moderation: Optional[Moderation] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class PlacedOrder(Answer):
    """One conversion that has been ordered.

    Attributes:
        id: Names it in other calls.
        user_id: Who ordered it.
        original_id: What is converted.
        conversion_id: The conversion: the id of a Recording.
        transaction_id: The payment.
        moderation_id: The moderation.
        calibration_id: The calibration that is used.
        tracking_id: For the vendor's support.
        f0: The fundamental frequency it is adjusted to.
        state: How far it has come.
        created_at: When it was ordered: RFC 3339.
        closed_at: When it was finished: RFC 3339.
        error: Why it failed.
        extra: Whatever else the service said, by its own names.
    """

    id: str
    user_id: Optional[str] = None
    original_id: Optional[str] = None
    conversion_id: Optional[str] = None
    transaction_id: Optional[str] = None
    moderation_id: Optional[str] = None
    calibration_id: Optional[str] = None
    tracking_id: Optional[str] = None
    f0: Optional[float] = None
    state: Optional[str] = None
    created_at: Optional[str] = None
    closed_at: Optional[str] = None
    error: Optional[str] = None
    extra: Dict[str, Any] = mapping()
