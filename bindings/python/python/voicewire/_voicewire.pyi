# The types of the extension module. What everything does, with units, ranges and errors, is in its docstrings:
# help(voicewire.deepdub.Client).
import asyncio
import builtins
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol, TypedDict, Union, final

from typing_extensions import Buffer, Self, TypeAlias

from . import palabra, respeecher
from ._format import Format

__all__ = [
    "SAMPLE_RATES",
    "TRIAL_KEY",
    "TRIAL_VOICE",
    "AudioFile",
    "BadAudioError",
    "BufferFullError",
    "CancelToken",
    "CancelledError",
    "Chunk",
    "Client",
    "ClosedError",
    "DecodedAudio",
    "Decoder",
    "Error",
    "FileError",
    "InsufficientCreditsError",
    "InternalError",
    "InvalidArgumentError",
    "Issue",
    "Line",
    "LockedError",
    "NetworkError",
    "NotFoundError",
    "Outbox",
    "OutboxFullError",
    "Player",
    "PlayerState",
    "Problem",
    "ProtocolError",
    "QuotaExceededError",
    "RateLimitedError",
    "RejectedInputError",
    "Remembered",
    "Sandbox",
    "SendSummary",
    "ServerError",
    "Session",
    "Speech",
    "SpeechStream",
    "StateChange",
    "StoredReport",
    "Summary",
    "TextSession",
    "TimeoutError",
    "TlsError",
    "Track",
    "TrackEnd",
    "Turn",
    "UnauthorizedError",
    "_LANG_CODES",
    "_PALABRA_ENDPOINTS",
    "_PALABRA_URL",
    "_RESPEECHER_ENDPOINTS",
    "_RESPEECHER_URL",
    "_LoopWaker",
    "_Pages",
    "_PalabraClient",
    "_RespeecherClient",
    "_StateNews",
    "__version__",
    "config_tag",
    "decode",
    "format_for_path",
]

__version__: str
SAMPLE_RATES: tuple[int, ...]
TRIAL_KEY: str
TRIAL_VOICE: str
_LANG_CODES: tuple[str, ...]
_PALABRA_ENDPOINTS: tuple[dict[str, Any], ...]
_PALABRA_URL: str
_RESPEECHER_ENDPOINTS: tuple[dict[str, Any], ...]
_RESPEECHER_URL: str

_Path: TypeAlias = Union[str, os.PathLike[str]]
_TextFormat: TypeAlias = Literal["wav", "s16le", "mulaw"]
_Samples: TypeAlias = Literal["f32", "s16"]
_State: TypeAlias = Literal["connecting", "ready", "lost", "closed"]

# numpy's arrays, which are no Buffer for type checkers before Python 3.12.
class _Array(Protocol):
    @property
    def __array_interface__(self) -> dict[str, Any]: ...

class _HasGenerationId(Protocol):
    @property
    def generation_id(self) -> str: ...

class Error(Exception):
    kind: str
    message: str
    field: str | None
    url: str | None
    http_status: int | None
    vendor_type: str | None
    retry_after: float | None
    generation_id: str | None
    chunks_received: int | None
    bytes_received: int | None
    attempts: int | None
    audio_byte: int | None
    audio_seconds: float | None
    problem: Problem | None
    outcome: respeecher.Outcome | None

class InvalidArgumentError(Error, ValueError): ...
class UnauthorizedError(Error): ...
class RateLimitedError(Error): ...
class QuotaExceededError(Error): ...
class InsufficientCreditsError(Error): ...
class RejectedInputError(Error): ...
class NotFoundError(Error, LookupError): ...
class NetworkError(Error, ConnectionError): ...
class TlsError(Error): ...
class TimeoutError(Error, builtins.TimeoutError): ...
class ClosedError(Error, ConnectionError): ...
class ProtocolError(Error): ...
class ServerError(Error): ...
class CancelledError(Error): ...
class FileError(Error, OSError): ...
class InternalError(Error): ...
class BufferFullError(Error): ...
class BadAudioError(Error): ...
class OutboxFullError(Error): ...
class LockedError(Error): ...

@final
class Problem:
    def __new__(
        cls,
        type: str | None = None,
        status: int | None = None,
        title: str | None = None,
        detail: str | None = None,
        instance: str | None = None,
        error_code: int | None = None,
    ) -> Self: ...
    @property
    def type(self) -> str | None: ...
    @property
    def status(self) -> int | None: ...
    @property
    def title(self) -> str | None: ...
    @property
    def detail(self) -> str | None: ...
    @property
    def instance(self) -> str | None: ...
    @property
    def error_code(self) -> int | None: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __getnewargs__(
        self,
    ) -> tuple[str | None, int | None, str | None, str | None, str | None, int | None]: ...

@final
class CancelToken:
    def __new__(cls) -> Self: ...
    def cancel(self) -> None: ...
    @property
    def cancelled(self) -> bool: ...

@final
class Decoder:
    def __new__(
        cls,
        format: Format,
        sample_rate: int | None = None,
        *,
        output_rate: int | None = None,
        channels: int | None = None,
        samples: _Samples = "f32",
    ) -> Self: ...
    def push(self, chunk: Chunk | Buffer | _Array) -> memoryview: ...
    def finish(self) -> memoryview: ...
    @property
    def sample_rate(self) -> int | None: ...
    @property
    def channels(self) -> int | None: ...
    @property
    def source_format(self) -> Format | None: ...
    @property
    def source_rate(self) -> int | None: ...
    @property
    def source_channels(self) -> int | None: ...
    @property
    def seconds(self) -> float: ...

@final
class DecodedAudio:
    @property
    def samples(self) -> memoryview: ...
    @property
    def sample_rate(self) -> int: ...
    @property
    def channels(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    def to_wav(self) -> bytes: ...
    def __len__(self) -> int: ...

def decode(
    data: Buffer,
    format: Format,
    sample_rate: int | None = None,
    *,
    output_rate: int | None = None,
    channels: int | None = None,
    samples: _Samples = "f32",
) -> DecodedAudio: ...

@final
class Player:
    def __new__(
        cls,
        *,
        sample_rate: int = 48000,
        channels: int = 1,
        cushion_ms: float = 100.0,
        max_cushion_ms: float = 2000.0,
        max_buffered_ms: float = 600000.0,
        gain: float = 1.0,
    ) -> Self: ...
    def read(self, frames: int) -> bytes: ...
    def read_into(self, buffer: Buffer | _Array) -> None: ...
    def begin(self, format: Format = "s16le", sample_rate: int = 48000, *, id: int = 0) -> Track: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def flush(self) -> None: ...
    @property
    def gain(self) -> float: ...
    @gain.setter
    def gain(self, gain: float) -> None: ...
    @property
    def cushion_ms(self) -> float: ...
    @cushion_ms.setter
    def cushion_ms(self, cushion_ms: float) -> None: ...
    @property
    def sample_rate(self) -> int: ...
    @property
    def channels(self) -> int: ...
    def state(self) -> PlayerState: ...
    def next_end(self) -> TrackEnd | None: ...

@final
class Track:
    def write(self, data: Chunk | Buffer | _Array) -> None: ...
    def write_samples(self, samples: Buffer | _Array) -> None: ...
    def finish(self) -> None: ...
    def cancel(self) -> None: ...
    @property
    def id(self) -> int: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *exception: object) -> None: ...

@final
class PlayerState:
    @property
    def activity(self) -> Literal["idle", "filling", "playing", "paused"]: ...
    @property
    def track_id(self) -> int | None: ...
    @property
    def track_position(self) -> int: ...
    @property
    def track_frames(self) -> int: ...
    @property
    def track_is_complete(self) -> bool: ...
    @property
    def waiting(self) -> int: ...
    @property
    def buffered_frames(self) -> int: ...
    @property
    def buffered_ms(self) -> float: ...
    @property
    def played_frames(self) -> int: ...
    @property
    def silent_frames(self) -> int: ...
    @property
    def underrun_frames(self) -> int: ...
    @property
    def underruns(self) -> int: ...
    @property
    def cushion_ms(self) -> float: ...
    @property
    def gain(self) -> float: ...
    @property
    def lost_ends(self) -> int: ...

@final
class TrackEnd:
    @property
    def id(self) -> int: ...
    @property
    def error(self) -> Error | None: ...
    @property
    def flushed(self) -> bool: ...
    @property
    def frames_played(self) -> int: ...
    @property
    def underruns(self) -> int: ...

@final
class Chunk:
    @property
    def data(self) -> bytes: ...
    @property
    def samples(self) -> bytes: ...
    @property
    def index(self) -> int: ...
    @property
    def generation_id(self) -> str: ...
    @property
    def is_final(self) -> bool: ...
    @property
    def format(self) -> Format: ...
    def __len__(self) -> int: ...
    def __bytes__(self) -> bytes: ...

@final
class Summary:
    @property
    def generation_id(self) -> str: ...
    @property
    def format(self) -> Format: ...
    @property
    def chunks(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    @property
    def duplicates(self) -> int: ...
    @property
    def queued_seconds(self) -> float: ...
    @property
    def connect_seconds(self) -> float: ...
    @property
    def first_chunk_seconds(self) -> float | None: ...
    @property
    def longest_gap_seconds(self) -> float: ...
    @property
    def retries(self) -> int: ...
    @property
    def total_seconds(self) -> float: ...

@final
class SpeechStream(Iterator[Chunk]):
    @property
    def generation_id(self) -> str: ...
    @property
    def summary(self) -> Summary: ...
    def close(self) -> None: ...
    def __iter__(self) -> Self: ...
    def __next__(self) -> Chunk: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_exception: object) -> None: ...

@final
class Speech:
    @property
    def data(self) -> bytes: ...
    @property
    def samples(self) -> bytes: ...
    @property
    def summary(self) -> Summary: ...
    @property
    def generation_id(self) -> str: ...
    @property
    def format(self) -> Format: ...
    @property
    def seconds(self) -> float | None: ...
    def decode(
        self,
        *,
        sample_rate: int | None = None,
        output_rate: int | None = None,
        channels: int | None = None,
        samples: _Samples = "f32",
    ) -> DecodedAudio: ...
    def to_file_bytes(self) -> bytes: ...
    def save(self, path: _Path, *, sample_rate: int | None = None) -> None: ...
    def save_wav(
        self,
        path: _Path,
        *,
        sample_rate: int | None = None,
        output_rate: int | None = None,
        channels: int | None = None,
        samples: _Samples = "s16",
    ) -> None: ...
    def __len__(self) -> int: ...
    def __bytes__(self) -> bytes: ...

@final
class StateChange:
    @property
    def state(self) -> _State: ...
    @property
    def error(self) -> Error | None: ...
    @property
    def retry_in(self) -> float | None: ...

class Line(Iterator[Chunk], AsyncIterator[Chunk]):
    @property
    def generation_id(self) -> str: ...
    @property
    def summary(self) -> Summary: ...
    @property
    def is_ended(self) -> bool: ...
    def cancel(self) -> None: ...
    def aclose(self) -> Coroutine[Any, Any, None]: ...
    def __iter__(self) -> Self: ...
    def __next__(self) -> Chunk: ...
    def __aiter__(self) -> Self: ...
    def __anext__(self) -> Coroutine[Any, Any, Chunk]: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_exception: object) -> None: ...
    def __aenter__(self) -> Coroutine[Any, Any, Self]: ...
    def __aexit__(self, *_exception: object) -> Coroutine[Any, Any, None]: ...
    def _poll(self) -> Chunk | None: ...
    def _news(self, waker: _LoopWaker) -> asyncio.Future[None] | None: ...

@final
class _LoopWaker:
    def __new__(cls, event_loop: asyncio.AbstractEventLoop) -> Self: ...
    def _listen(self) -> None: ...
    def __call__(self, *args: object, **kwargs: object) -> None: ...

@final
class _StateNews:
    def _begin(self, waker: _LoopWaker) -> asyncio.Future[None] | None: ...

@final
class Session:
    def speak(
        self,
        text: str,
        voice_prompt_id: str,
        *,
        model: str | None = "dd-etts-3.0",
        locale: str | None = "en-US",
        format: Format | None = "mp3",
        generation_id: str | None = None,
        sample_rate: int | None = None,
        target_duration: float | None = None,
        tempo: float | None = None,
        variance: float | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        prompt_boost: bool | None = None,
        super_stretch: bool | None = None,
        realtime: bool | None = None,
        clean_audio: bool | None = None,
        auto_gain: bool | None = None,
        accent_base_locale: str | None = None,
        accent_locale: str | None = None,
        accent_ratio: float | None = None,
        performance_reference_prompt_id: str | None = None,
        front: bool = False,
        resume: bool = False,
        max_buffered_bytes: int = 67108864,
        cancel: CancelToken | None = None,
        player: Player | None = None,
        track_id: int = 0,
    ) -> Line: ...
    def tts(
        self,
        text: str,
        voice_prompt_id: str,
        *,
        model: str | None = "dd-etts-3.0",
        locale: str | None = "en-US",
        format: Format | None = "mp3",
        generation_id: str | None = None,
        sample_rate: int | None = None,
        target_duration: float | None = None,
        tempo: float | None = None,
        variance: float | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        prompt_boost: bool | None = None,
        super_stretch: bool | None = None,
        realtime: bool | None = None,
        clean_audio: bool | None = None,
        auto_gain: bool | None = None,
        accent_base_locale: str | None = None,
        accent_locale: str | None = None,
        accent_ratio: float | None = None,
        performance_reference_prompt_id: str | None = None,
        front: bool = False,
        resume: bool = False,
        max_buffered_bytes: int = 67108864,
        cancel: CancelToken | None = None,
    ) -> Speech: ...
    @property
    def state(self) -> _State: ...
    def wait_ready(self, timeout: float | None = None) -> bool: ...
    def ready(self, timeout: float | None = None) -> Coroutine[Any, Any, bool]: ...
    def _state_news(self) -> _StateNews: ...
    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_exception: object) -> None: ...
    def __aenter__(self) -> Coroutine[Any, Any, Self]: ...
    def __aexit__(self, *_exception: object) -> Coroutine[Any, Any, None]: ...

@final
class TextSession:
    def begin_turn(
        self,
        *,
        max_buffered_bytes: int = 67108864,
        cancel: CancelToken | None = None,
        player: Player | None = None,
        track_id: int = 0,
    ) -> Turn: ...
    def configure(
        self,
        *,
        voice_prompt_id: str | None = None,
        model: str | None = None,
        locale: str | None = None,
        format: _TextFormat | None = None,
        sample_rate: int | None = None,
        accept_emojis: bool | None = None,
        target_gender: str | None = None,
        first_audio_timeout: float | None = None,
        realtime: bool | None = None,
    ) -> None: ...
    def ping(self, timeout: float | None = 10.0) -> float: ...
    @property
    def state(self) -> _State: ...
    def wait_ready(self, timeout: float | None = None) -> bool: ...
    def ready(self, timeout: float | None = None) -> Coroutine[Any, Any, bool]: ...
    def _state_news(self) -> _StateNews: ...
    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_exception: object) -> None: ...
    def __aenter__(self) -> Coroutine[Any, Any, Self]: ...
    def __aexit__(self, *_exception: object) -> Coroutine[Any, Any, None]: ...

@final
class Turn(Line):
    def write(self, text: str, timeout: float | None = None) -> None: ...
    def awrite(self, text: str) -> Coroutine[Any, Any, None]: ...
    def switch(
        self, *, locale: str | None = None, voice_prompt_id: str | None = None, timeout: float | None = None
    ) -> None: ...
    def end(self) -> None: ...
    def _take(self, text: str) -> bool: ...

def config_tag(*, locale: str | None = None, voice_prompt_id: str | None = None) -> str: ...

@final
class Issue:
    @property
    def id(self) -> str: ...
    @property
    def state(self) -> str | None: ...
    @property
    def created_at(self) -> str | None: ...
    @property
    def updated_at(self) -> str | None: ...
    @property
    def generation_id(self) -> str | None: ...
    @property
    def generated_text(self) -> str | None: ...
    @property
    def problem_word(self) -> str | None: ...
    @property
    def voice_prompt_id(self) -> str | None: ...
    @property
    def additional_comments(self) -> str | None: ...
    @property
    def problem_seconds(self) -> float | None: ...
    @property
    def extra(self) -> dict[str, Any]: ...
    def to_dict(self) -> dict[str, Any]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Remembered:
    @property
    def generation_id(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def voice_prompt_id(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def locale(self) -> str: ...
    @property
    def format(self) -> Format: ...
    @property
    def sample_rate(self) -> int | None: ...
    @property
    def is_final(self) -> bool: ...
    @property
    def audio_dropped(self) -> bool: ...
    @property
    def chunks(self) -> list[tuple[float, bytes]]: ...
    @property
    def data(self) -> bytes: ...
    def to_file_bytes(self) -> bytes: ...

@final
class StoredReport:
    @property
    def id(self) -> str: ...
    @property
    def state(self) -> Literal["waiting", "rejected", "delivered", "unreadable"]: ...
    @property
    def created(self) -> float | None: ...
    @property
    def delivered(self) -> float | None: ...
    @property
    def attempts(self) -> int: ...
    @property
    def last_error(self) -> str | None: ...
    @property
    def last_error_kind(self) -> str | None: ...
    @property
    def last_error_http_status(self) -> int | None: ...
    @property
    def issue_id(self) -> str | None: ...
    @property
    def generation_id(self) -> str | None: ...
    @property
    def problem_word(self) -> str | None: ...
    @property
    def voice_prompt_id(self) -> str | None: ...
    @property
    def clip_bytes(self) -> int: ...
    @property
    def size(self) -> int: ...
    def to_dict(self) -> dict[str, Any]: ...

@final
class SendSummary:
    @property
    def delivered(self) -> int: ...
    @property
    def rejected(self) -> int: ...
    @property
    def waiting(self) -> int: ...
    @property
    def error(self) -> Error | None: ...

@final
class Outbox:
    def __new__(
        cls,
        path: _Path,
        *,
        max_bytes: int = 268435456,
        max_reports: int = 1000,
        max_delivered: int = 1000,
    ) -> Self: ...
    def add(
        self,
        *,
        generation_id: str,
        generated_text: str,
        problem_word: str,
        voice_prompt_id: str,
        additional_comments: str | None = None,
        problem_audio: Speech | Buffer | _Path | None = None,
        problem_seconds: float | None = None,
    ) -> str: ...
    def report(
        self,
        client: Client,
        generation: str | _HasGenerationId,
        problem_word: str,
        *,
        problem_seconds: float | None = None,
        comments: str | None = None,
        clip_seconds: float = 3.0,
    ) -> str: ...
    def send(
        self,
        client: Client,
        *,
        on_report: Callable[[StoredReport], object] | None = None,
        cancel: CancelToken | None = None,
    ) -> SendSummary: ...
    def deliver(
        self,
        client: Client,
        *,
        timeout: float | None = None,
        on_report: Callable[[StoredReport], object] | None = None,
        cancel: CancelToken | None = None,
    ) -> SendSummary: ...
    def list(self) -> builtins.list[StoredReport]: ...
    def retry(self, id: str) -> None: ...
    def drop(self, id: str) -> None: ...
    @property
    def path(self) -> Path: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[StoredReport]: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_exception: object) -> None: ...

@final
class Client:
    def __new__(
        cls,
        api_key: str | None = None,
        *,
        rest_url: str | None = None,
        websocket_url: str | None = None,
        streaming_url: str | None = None,
        region: Literal["us", "eu"] | None = None,
        connect_timeout: float | None = 10.0,
        first_chunk_timeout: float | None = 30.0,
        between_chunks_timeout: float | None = 15.0,
        total_timeout: float | None = 300.0,
        rest_timeout: float | None = 60.0,
        ca_pem: str | None = None,
        allow_plaintext: bool = False,
        key_in_query: bool = False,
        max_message_bytes: int = 16777216,
        proxy: str | None = None,
        retries: int = 3,
        retry_first_delay: float = 0.25,
        retry_max_delay: float = 8.0,
        remember: int = 10,
        remember_bytes: int = 16777216,
    ) -> Self: ...
    def stream_tts(
        self,
        text: str,
        voice_prompt_id: str,
        *,
        model: str | None = "dd-etts-3.0",
        locale: str | None = "en-US",
        format: Format | None = "mp3",
        generation_id: str | None = None,
        sample_rate: int | None = None,
        target_duration: float | None = None,
        tempo: float | None = None,
        variance: float | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        prompt_boost: bool | None = None,
        super_stretch: bool | None = None,
        realtime: bool | None = None,
        clean_audio: bool | None = None,
        auto_gain: bool | None = None,
        accent_base_locale: str | None = None,
        accent_locale: str | None = None,
        accent_ratio: float | None = None,
        performance_reference_prompt_id: str | None = None,
        cancel: CancelToken | None = None,
    ) -> SpeechStream: ...
    def speak(
        self,
        text: str,
        voice_prompt_id: str,
        on_chunk: Callable[[Chunk], object],
        *,
        model: str | None = "dd-etts-3.0",
        locale: str | None = "en-US",
        format: Format | None = "mp3",
        generation_id: str | None = None,
        sample_rate: int | None = None,
        target_duration: float | None = None,
        tempo: float | None = None,
        variance: float | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        prompt_boost: bool | None = None,
        super_stretch: bool | None = None,
        realtime: bool | None = None,
        clean_audio: bool | None = None,
        auto_gain: bool | None = None,
        accent_base_locale: str | None = None,
        accent_locale: str | None = None,
        accent_ratio: float | None = None,
        performance_reference_prompt_id: str | None = None,
        cancel: CancelToken | None = None,
    ) -> Summary: ...
    def tts(
        self,
        text: str,
        voice_prompt_id: str,
        *,
        model: str | None = "dd-etts-3.0",
        locale: str | None = "en-US",
        format: Format | None = "mp3",
        generation_id: str | None = None,
        sample_rate: int | None = None,
        target_duration: float | None = None,
        tempo: float | None = None,
        variance: float | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        prompt_boost: bool | None = None,
        super_stretch: bool | None = None,
        realtime: bool | None = None,
        clean_audio: bool | None = None,
        auto_gain: bool | None = None,
        accent_base_locale: str | None = None,
        accent_locale: str | None = None,
        accent_ratio: float | None = None,
        performance_reference_prompt_id: str | None = None,
        cancel: CancelToken | None = None,
    ) -> Speech: ...
    def create_issue(
        self,
        *,
        generation_id: str,
        generated_text: str,
        problem_word: str,
        voice_prompt_id: str,
        additional_comments: str | None = None,
        problem_audio: Speech | Buffer | _Path | None = None,
        problem_seconds: float | None = None,
        cancel: CancelToken | None = None,
    ) -> Issue: ...
    def report(
        self,
        generation: str | _HasGenerationId,
        problem_word: str,
        *,
        problem_seconds: float | None = None,
        comments: str | None = None,
        clip_seconds: float = 3.0,
        cancel: CancelToken | None = None,
    ) -> Issue: ...
    def last_generations(self) -> list[Remembered]: ...
    def get_issue(self, id: str, *, cancel: CancelToken | None = None) -> Issue: ...
    def update_issue(
        self,
        id: str,
        *,
        generation_id: str | None = None,
        generated_text: str | None = None,
        problem_word: str | None = None,
        voice_prompt_id: str | None = None,
        additional_comments: str | None = None,
        problem_audio: Speech | Buffer | _Path | None = None,
        problem_seconds: float | None = None,
        cancel: CancelToken | None = None,
    ) -> Issue: ...
    def delete_issue(self, id: str, *, cancel: CancelToken | None = None) -> str: ...
    def open_session(
        self,
        *,
        max_running: int = 5,
        keep_alive: float | None = 20.0,
        on_state: Callable[[StateChange], object] | None = None,
    ) -> Session: ...
    def open_text_session(
        self,
        voice_prompt_id: str,
        *,
        model: str | None = "dd-etts-3.0",
        locale: str | None = "en-US",
        format: _TextFormat | None = "s16le",
        sample_rate: int | None = 16000,
        accept_emojis: bool | None = False,
        target_gender: str | None = None,
        first_audio_timeout: float | None = None,
        realtime: bool | None = None,
        keep_alive: float | None = 20.0,
        max_unsent_bytes: int = 65536,
        on_state: Callable[[StateChange], object] | None = None,
    ) -> TextSession: ...
    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_exception: object) -> None: ...

_OnBytes: TypeAlias = Callable[[int, int | None], object]

@final
class _Pages:
    def next_page(self) -> dict[str, Any] | None: ...

@final
class _RespeecherClient:
    def __new__(cls, **options: Any) -> Self: ...
    @property
    def base_url(self) -> str: ...
    def call(self, name: str, parameters: Mapping[str, object] | None, cancel: CancelToken | None = None) -> Any: ...
    def upload(
        self,
        name: str,
        parameters: Mapping[str, object],
        audio: Speech | Buffer | _Path,
        file_name: str | None,
        on_progress: _OnBytes | None = None,
        cancel: CancelToken | None = None,
    ) -> Any: ...
    def download(
        self,
        name: str,
        parameters: Mapping[str, object],
        path: _Path,
        on_progress: _OnBytes | None = None,
        cancel: CancelToken | None = None,
    ) -> Path: ...
    def download_url(
        self, url: str, path: _Path, on_progress: _OnBytes | None = None, cancel: CancelToken | None = None
    ) -> Path: ...
    def list(self, name: str, parameters: Mapping[str, object], cancel: CancelToken | None = None) -> _Pages: ...
    def login(self, cancel: CancelToken | None = None) -> Any: ...
    def convert(
        self,
        on_progress: Callable[[str, int, int, str | None, int], object] | None = None,
        cancel: CancelToken | None = None,
        **job: Any,
    ) -> tuple[dict[str, Any], BaseException | None]: ...
    def close(self) -> None: ...

@final
class _PalabraClient:
    def __new__(cls, **options: Any) -> Self: ...
    @property
    def base_url(self) -> str: ...
    def call(self, name: str, parameters: Mapping[str, object] | None, cancel: CancelToken | None = None) -> Any: ...
    def list(self, name: str, parameters: Mapping[str, object], cancel: CancelToken | None = None) -> _Pages: ...
    def download_url(
        self, url: str, path: _Path, on_progress: _OnBytes | None = None, cancel: CancelToken | None = None
    ) -> Path: ...
    def regenerate_sample(
        self,
        voice_id: str | None,
        lang_code: str,
        waits: bool = False,
        cancel: CancelToken | None = None,
        **waiting: Any,
    ) -> Any: ...
    def clone_voice(
        self,
        on_progress: Callable[[str, int, int, str | None], object] | None = None,
        cancel: CancelToken | None = None,
        **voice: Any,
    ) -> Any: ...
    def close(self) -> None: ...

@final
class AudioFile:
    def __new__(cls, path: _Path, format: Format, sample_rate: int) -> Self: ...
    @staticmethod
    def decoded(
        path: _Path,
        format: Format,
        sample_rate: int | None = None,
        *,
        output_rate: int | None = None,
        channels: int | None = None,
        samples: _Samples = "s16",
    ) -> AudioFile: ...
    def write(self, chunk: Chunk | Buffer | _Array) -> None: ...
    def finish(self) -> None: ...
    @property
    def seconds(self) -> float: ...
    @property
    def path(self) -> Path: ...
    @property
    def format(self) -> Format: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, exception_type: type[BaseException] | None, *_rest: object) -> None: ...

def format_for_path(path: _Path) -> Format: ...

class _Request(TypedDict):
    method: str
    path: str
    status: int
    body: Any

class _Generation(TypedDict):
    id: str
    chunks: int
    outcome: Literal["running", "finished", "failed", "client gone", "cancelled"]

@final
class Sandbox:
    def __new__(
        cls,
        port: int = 0,
        *,
        tls: bool = False,
        keys: Sequence[str] = (),
        max_concurrent: int = 5,
        first_chunk_delay: float = 0.06,
        pace: float = 10.0,
        chunk_millis: int = 200,
        processing_delay: float = 0.3,
        session_duration: float = 3600.0,
        credits: int = 1000,
        kept_upload: int = 4194304,
        engine: Literal["auto", "espeak", "formant"] = "auto",
        fault: str | None = None,
    ) -> Self: ...
    @property
    def base_url(self) -> str: ...
    @property
    def deepdub_rest_url(self) -> str: ...
    @property
    def deepdub_open_url(self) -> str: ...
    @property
    def deepdub_live_url(self) -> str: ...
    @property
    def api_key(self) -> str: ...
    @property
    def respeecher_url(self) -> str: ...
    @property
    def respeecher_api_key(self) -> str: ...
    @property
    def respeecher_login(self) -> tuple[str, str]: ...
    @property
    def palabra_url(self) -> str: ...
    @property
    def palabra_api_key(self) -> str: ...
    @property
    def palabra_login(self) -> tuple[str, str]: ...
    @property
    def ca_pem(self) -> str | None: ...
    @property
    def open_connections(self) -> int: ...
    def client(self, **options: Any) -> Client: ...
    def respeecher_client(self, **options: Any) -> respeecher.Client: ...
    def palabra_client(self, **options: Any) -> palabra.Client: ...
    def steer_respeecher(self, **changes: Any) -> Any: ...
    def steer_palabra(self, **changes: Any) -> Any: ...
    def hold_processing(self, hold: bool = True) -> None: ...
    def inject(self, fault: str) -> None: ...
    def requests(self) -> list[_Request]: ...
    def generations(self) -> list[_Generation]: ...
    def wait_until_idle(self, timeout: float) -> bool: ...
    def issue_audio(self, id: str) -> bytes | None: ...
    def stop(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_exception: object) -> None: ...
