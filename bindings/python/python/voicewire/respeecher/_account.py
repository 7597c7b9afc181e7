"""What the service says about an account."""

from dataclasses import dataclass, field
from typing import Any, Dict, Optional, Tuple

from .._answer import Answer, mapping


@dataclass(frozen=True)
class Session(Answer):
    """A session that has been opened. Its cookie and token stay with the client.

    Attributes:
        user: The account.
        session_duration: How long the session lasts, as the service counts.
        extra: Whatever else the service said, by its own names.
    """

    user: Dict[str, Any] = mapping()
    session_duration: Optional[float] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class ApiKey(Answer):
    """A key that has just been made. Its repr() does not show it.

    Attributes:
        api_key: The key itself: it is not shown again.
        extra: Whatever else the service said, by its own names.
    """

    api_key: str = field(repr=False)
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class Credits(Answer):
    """The account's credits.

    Attributes:
        credits: What is left.
        initial_credits: What there was.
        extra: Whatever else the service said, by its own names.
    """

    credits: Optional[float] = None
    initial_credits: Optional[float] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class Calibration(Answer):
    """A voice of one's own as the service has measured it, to shift conversions by.

    Attributes:
        id: Names it in other calls.
        name: Its name.
        user_id: Whose it is.
        f0: The fundamental frequency, in Hz.
        algorithm: How it was measured.
        bucket: Where its audio is.
        key: Where in there.
        state: How far it has come.
        error: Why it failed.
        created_at: When it was made: RFC 3339.
        calibrated_at: When it was finished: RFC 3339.
        enabled: Whether it is the one that is used.
        extra: Whatever else the service said, by its own names.
    """

    id: str
    name: Optional[str] = None
    user_id: Optional[str] = None
    f0: Optional[float] = None
    algorithm: Optional[str] = None
    bucket: Optional[str] = None
    key: Optional[str] = None
    state: Optional[str] = None
    error: Optional[str] = None
    created_at: Optional[str] = None
    calibrated_at: Optional[str] = None
    enabled: Optional[bool] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class MonthConverted(Answer):
    """One month of it.

    Attributes:
        month: A date in it, such as '2023-11-08'.
        duration: How long the audio was.
        extra: Whatever else the service said, by its own names.
    """

    month: Optional[str] = None
    duration: Optional[float] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class TimeConverted(Answer):
    """How long the audio was that has been converted.

    Attributes:
        total: In all.
        current_month: This month.
        previous_monthes: Month by month ('previous_monthes').
        extra: Whatever else the service said, by its own names.
    """

    total: Optional[float] = None
    current_month: Optional[float] = None
    previous_monthes: Tuple[MonthConverted, ...] = ()
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class ConversionCounts(Answer):
    """How many conversions there were.

    Attributes:
        total: In all.
        completed: Of these, finished.
        in_progress: Under way.
        failed: Failed.
        extra: Whatever else the service said, by its own names.
    """

    total: Optional[int] = None
    completed: Optional[int] = None
    in_progress: Optional[int] = None
    failed: Optional[int] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class ModelStats(Answer):
    """How much one model has been used.

    Attributes:
        id: The model.
        name: Its name.
        conversions_count: How many conversions it made.
        converted_time: How long their audio was.
        extra: Whatever else the service said, by its own names.
    """

    id: Optional[str] = None
    name: Optional[str] = None
    conversions_count: Optional[int] = None
    converted_time: Optional[float] = None
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class Stats(Answer):
    """The account's statistics.

    Attributes:
        time_converted: How long the audio was.
        conversions: How many conversions.
        models: By model.
        extra: Whatever else the service said, by its own names.
    """

    time_converted: TimeConverted = TimeConverted()
    conversions: ConversionCounts = ConversionCounts()
    models: Tuple[ModelStats, ...] = ()
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class ProjectStats(Answer):
    """A project's statistics.

    Attributes:
        project_id: The project.
        time_converted: How long the audio was.
        conversions: How many conversions.
        extra: Whatever else the service said, by its own names.
    """

    project_id: Optional[str] = None
    time_converted: TimeConverted = TimeConverted()
    conversions: ConversionCounts = ConversionCounts()
    extra: Dict[str, Any] = mapping()


@dataclass(frozen=True)
class FolderStats(Answer):
    """A folder's statistics.

    Attributes:
        folder_id: The folder.
        stats: How many conversions.
        extra: Whatever else the service said, by its own names.
    """

    folder_id: Optional[str] = None
    stats: ConversionCounts = ConversionCounts()
    extra: Dict[str, Any] = mapping()
