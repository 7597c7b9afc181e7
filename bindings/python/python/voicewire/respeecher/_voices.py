"""What the service says about voices."""

from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple

from .._answer import Answer, loose, mapping


@dataclass(frozen=True)
class TtsVoice(Answer):
    """A voice that speaks texts into originals.

    Attributes:
        id: Names it in other calls.
        visibility: To whom it is open.
        name: Its name.
        f0: Its fundamental frequency, in Hz.
        is_default: Whether it is used where none is named.
        extra: Whatever else the service said, by its own names.
    """

    id: str
    visibility: Optional[str] = None
    name: Optional[str] = None
    f0: Optional[float] = None
    is_default: Optional[bool] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class Tier(Answer):
    """A price level.

    Attributes:
        name: Its name.
        extra: Whatever else the service said, by its own names.
    """

    name: Optional[str] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class AccentInfo(Answer):
    """What an accent is.

    Attributes:
        name: Its name.
        short_name: Its short name.
        locale: Its locale, such as 'en-GB'.
        extra: Whatever else the service said, by its own names.
    """

    name: Optional[str] = None
    short_name: Optional[str] = None
    locale: Optional[str] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class AccentSettings(Answer):
    """What the account has set for an accent.

    Attributes:
        favorite: Whether it is the favourite.
        semitones_correction: By how many semitones the voice is shifted.
        extra: Whatever else the service said, by its own names.
    """

    favorite: Optional[bool] = None
    semitones_correction: Optional[float] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class AccentSamples(Answer):
    """What there is to hear of an accent.

    Attributes:
        samples: As the service gives them: their form is not documented.
        extra: Whatever else the service said, by its own names.
    """

    samples: Any = loose()
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class Accent(Answer):
    """An accent that a voice speaks with: for conversions of audio.

    Attributes:
        id: Names it in other calls.
        is_default: Whether it is used where none is named.
        native: Whether it is the voice's own.
        info: What it is.
        tiers: Its price levels.
        available: Whether the account may use it.
        settings: What the account has set for it.
        extra: Whatever else the service said, by its own names.
    """

    id: str
    is_default: Optional[bool] = None
    native: Optional[bool] = None
    info: AccentInfo = AccentInfo()
    tiers: Tuple[Tier, ...] = ()
    available: Optional[bool] = None
    settings: Optional[AccentSettings] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class NarrationStyleInfo(Answer):
    """What a narration style is.

    Attributes:
        name: Its name.
        extra: Whatever else the service said, by its own names.
    """

    name: Optional[str] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class NarrationStyleSettings(Answer):
    """What the account has set for a narration style.

    Attributes:
        favorite: Whether it is the favourite.
        extra: Whatever else the service said, by its own names.
    """

    favorite: Optional[bool] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class NarrationStyle(Answer):
    """A style that a voice speaks texts in.

    Attributes:
        id: Names it in other calls.
        is_default: Whether it is used where none is named.
        info: What it is.
        settings: What the account has set for it.
        extra: Whatever else the service said, by its own names.
    """

    id: str
    is_default: Optional[bool] = None
    info: NarrationStyleInfo = NarrationStyleInfo()
    settings: Optional[NarrationStyleSettings] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class Voice(Answer):
    """A voice of the marketplace.

    Attributes:
        id: Names it in other calls.
        owner_id: Whose it is.
        name: Its name.
        slug: Its name as it stands in URLs.
        visibility: To whom it is open.
        species: What kind of being it belongs to.
        artist: Who lent it.
        verified_artist: Whether the vendor has checked that.
        gender: Its gender.
        pitch: Its pitch, in Hz.
        age_group: Its age.
        pitch_group: How high it is.
        nationality: Where it comes from.
        image_url: A picture.
        thumbnail_url: A small one.
        description: What the vendor says about it.
        rating: How it was rated.
        active: Whether it is there.
        created_at: When it was made: RFC 3339.
        favorite: Whether it is a favourite.
        available: Whether the account may use it.
        accents: Its accents, for audio.
        narration_styles: Its narration styles, for texts.
        tiers: Its price levels.
        extra: Whatever else the service said, by its own names.
    """

    id: str
    owner_id: Optional[str] = None
    name: Optional[str] = None
    slug: Optional[str] = None
    visibility: Optional[str] = None
    species: Optional[str] = None
    artist: Optional[str] = None
    verified_artist: Optional[bool] = None
    gender: Optional[str] = None
    pitch: Optional[float] = None
    age_group: Optional[str] = None
    pitch_group: Optional[str] = None
    nationality: Optional[str] = None
    image_url: Optional[str] = None
    thumbnail_url: Optional[str] = None
    description: Optional[str] = None
    rating: Optional[float] = None
    active: Optional[bool] = None
    created_at: Optional[str] = None
    favorite: Optional[bool] = None
    available: Optional[bool] = None
    accents: Tuple[Accent, ...] = ()
    narration_styles: Tuple[NarrationStyle, ...] = ()
    tiers: Tuple[Tier, ...] = ()
    extra: Dict[str, Any] = mapping()
