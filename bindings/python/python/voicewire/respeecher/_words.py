"""The service's words that calls take. In answers they are plain str, since there may be new ones at any time."""

from typing import Literal

Direction = Literal["asc", "desc"]
ProjectSort = Literal["name", "created_at", "last_recording_at"]
VoiceSort = Literal["name", "pitch", "rating", "created_at"]
Visibility = Literal["public", "paid", "private", "kids"]
Species = Literal["human", "animal", "other"]
Gender = Literal["male", "female"]
AgeGroup = Literal["child", "young", "adult", "senior"]
PitchGroup = Literal["low", "mid", "high"]
