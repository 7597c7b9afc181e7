"""Voices, and orders of conversions into them."""

from dataclasses import asdict, dataclass
from typing import Any, Iterable, List, Optional, Tuple

from .._listing import Listing
from .._refusal import invalid
from .._voicewire import CancelToken
from ._calls import Calls, given
from ._library import PlacedOrder
from ._voices import AccentSamples, TtsVoice, Voice
from ._words import AgeGroup, Direction, Gender, PitchGroup, Species, Visibility, VoiceSort


@dataclass(frozen=True)
class Conversion:
    """One voice that an original is converted into.

    Attributes:
        voice_id: The voice.
        narration_style_id: One of its narration styles. Required where the original was spoken from a text.
        accent_id: One of its accents, for audio.
        semitones_correction: By how many semitones the outcome is shifted, besides the voice's own shift.
        label: Its label, with which its file's name begins.
    """

    voice_id: str
    narration_style_id: Optional[str] = None
    accent_id: Optional[str] = None
    semitones_correction: Optional[float] = None
    label: Optional[str] = None

    def to_dict(self) -> "dict[str, Any]":
        """What is sent of it."""
        return dict(given(asdict(self)))


def sent(conversions: Iterable[Conversion]) -> "List[dict[str, Any]]":
    """What is sent of them."""
    several = list(conversions)
    for conversion in several:
        if not isinstance(conversion, Conversion):
            raise invalid("conversions", repr(conversion), "some of voicewire.respeecher.Conversion")
    return [conversion.to_dict() for conversion in several]


class VoiceCalls(Calls):
    """The calls about voices and orders."""

    def create_order(
        self,
        original_id: str,
        conversions: Iterable[Conversion],
        *,
        calibration_id: Optional[str] = None,
        use_calibration: Optional[bool] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Tuple[PlacedOrder, ...]:
        """Orders conversions, and answers with one order for each. list_conversions() says when they are done. It costs
        credits.

        Args:
            original_id: The original.
            conversions: Into which voices; one at least.
            calibration_id: The calibration to use, for audio.
            use_calibration: Whether that one is used rather than the account's, for audio.
            cancel: A CancelToken that ends the call.

        Raises:
            InsufficientCreditsError: there are not enough.
            Error: as call().
        """
        return self._many(
            PlacedOrder,
            "create_order",
            cancel,
            original_id=original_id,
            conversions=sent(conversions),
            calibration_id=calibration_id,
            use_calibration=use_calibration,
        )

    def retry_order(self, recording_id: str, *, cancel: Optional[CancelToken] = None) -> Any:
        """Has the failed conversions of an original tried again. Answers with what the service says, which may be
        nothing."""
        return self._core.call("retry_order", {"recording_id": recording_id}, cancel)

    def list_tts_voices(self, *, cancel: Optional[CancelToken] = None) -> Tuple[TtsVoice, ...]:
        """The voices that speak texts into originals."""
        return self._many(TtsVoice, "list_tts_voices", cancel)

    def list_voices(
        self,
        *,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        sort: Optional[VoiceSort] = None,
        direction: Optional[Direction] = None,
        visibility: Optional[Visibility] = None,
        species: Optional[Species] = None,
        gender: Optional[Gender] = None,
        age_group: Optional[AgeGroup] = None,
        pitch_group: Optional[PitchGroup] = None,
        nationality: Optional[str] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Listing[Voice]:
        """The voices that there are to convert into.

        Args:
            limit, offset, sort, direction, cancel: As for list_projects(); the service's own limit is 25.
            visibility, species, gender, age_group, pitch_group, nationality: Only these.
        """
        return self._list(
            Voice,
            "list_voices",
            cancel,
            limit=limit,
            offset=offset,
            sort=sort,
            direction=direction,
            visibility=visibility,
            species=species,
            gender=gender,
            age_group=age_group,
            pitch_group=pitch_group,
            nationality=nationality,
        )

    def search_voices(
        self, name: str, *, limit: Optional[int] = None, cancel: Optional[CancelToken] = None
    ) -> Tuple[Voice, ...]:
        """Voices by their name; `limit` at most."""
        return self._many(Voice, "search_voices", cancel, name=name, limit=limit)

    def favorite_voice(self, voice_id: str, favorite: bool = True, *, cancel: Optional[CancelToken] = None) -> Voice:
        """Makes a voice a favourite, or no longer, and answers with it."""
        return self._one(Voice, "favorite_voice", cancel, voice_id=voice_id, favorite=favorite)

    def set_voice_settings(
        self,
        voice_id: str,
        *,
        narration_style_id: Optional[str] = None,
        accent_id: Optional[str] = None,
        semitones_correction: Optional[float] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Voice:
        """Sets a voice's favourites and shifts, and answers with it.

        Args:
            voice_id: The voice.
            narration_style_id: The narration style to make the favourite.
            accent_id: The accent to make the favourite.
            semitones_correction: By how many semitones that accent is shifted.
            cancel: A CancelToken that ends the call.
        """
        return self._one(
            Voice,
            "set_voice_settings",
            cancel,
            voice_id=voice_id,
            narration_style_id=narration_style_id,
            accent_id=accent_id,
            semitones_correction=semitones_correction,
        )

    def list_accent_samples(self, accent_id: str, *, cancel: Optional[CancelToken] = None) -> AccentSamples:
        """What there is to hear of an accent."""
        return self._one(AccentSamples, "list_accent_samples", cancel, accent_id=accent_id)
