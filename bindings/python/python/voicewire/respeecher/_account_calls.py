"""The account, its statistics and its calibrations."""

from typing import Any, Optional, Sequence, Tuple

from .._answer import read
from .._paths import Audio, OnBytes
from .._voicewire import CancelToken
from ._account import ApiKey, Calibration, Credits, FolderStats, ProjectStats, Session, Stats
from ._calls import Calls


class AccountCalls(Calls):
    """The calls about the account."""

    def create_api_key(
        self, *, expires_at: Optional[str] = None, cancel: Optional[CancelToken] = None
    ) -> ApiKey:
        """Makes a key.

        Args:
            expires_at: Until when it is good: RFC 3339. Else for good.
            cancel: A CancelToken that ends the call, as in all calls.

        Raises:
            Error: as call().
        """
        return self._one(ApiKey, "create_api_key", cancel, expires_at=expires_at)

    def delete_api_key(self, *, cancel: Optional[CancelToken] = None) -> None:
        """Deletes the account's key: also the one that this client has, if it is that."""
        self._core.call("delete_api_key", None, cancel)

    def login(
        self,
        email: Optional[str] = None,
        password: Optional[str] = None,
        *,
        cancel: Optional[CancelToken] = None,
    ) -> Session:
        """Signs in and answers with the account. Calls do that themselves when they are the first; this is to know
        early, and to come back after logout().

        Args:
            email: Whose account it is, with its password. Else those that the client was made with.
            password: As email.
            cancel: A CancelToken that ends the call.

        Raises:
            InvalidArgumentError: there is no password: the client has a key, or has signed in before and was not to
                keep its password.
            UnauthorizedError: the service does not accept it.
        """
        if email is None and password is None:
            return read(Session, "login", self._core.login(cancel))
        return self._one(Session, "login", cancel, email=email, password=password)

    def logout(self, *, cancel: Optional[CancelToken] = None) -> None:
        """Ends the session. Calls made afterwards are UnauthorizedError until login(). A client with a key stays as it
        is."""
        self._core.call("logout", None, cancel)

    def get_credits(self, *, cancel: Optional[CancelToken] = None) -> Credits:
        """The credits that are left."""
        return self._one(Credits, "get_credits", cancel)

    def get_stats(self, *, cancel: Optional[CancelToken] = None) -> Stats:
        """The account's statistics."""
        return self._one(Stats, "get_stats", cancel)

    def project_stats(
        self, project_ids: Sequence[str], *, cancel: Optional[CancelToken] = None
    ) -> Tuple[ProjectStats, ...]:
        """The statistics of projects; one id at least."""
        return self._many(ProjectStats, "project_stats", cancel, project_ids=ids(project_ids))

    def folder_stats(
        self, folder_ids: Sequence[str], *, cancel: Optional[CancelToken] = None
    ) -> Tuple[FolderStats, ...]:
        """The statistics of folders; one id at least."""
        return self._many(FolderStats, "folder_stats", cancel, folder_ids=ids(folder_ids))

    def create_calibration(
        self,
        name: str,
        audio: Audio,
        *,
        file_name: Optional[str] = None,
        on_progress: Optional[OnBytes] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Calibration:
        """Measures a voice from audio. The calibration's `state` says when it is done.

        Args:
            name: What it is called.
            audio, file_name, on_progress, cancel: As for create_recording().

        Raises:
            Error: as create_recording().
        """
        return self._upload(Calibration, "create_calibration", audio, file_name, on_progress, cancel, name=name)

    def enable_calibration(
        self, calibration_id: str, *, cancel: Optional[CancelToken] = None
    ) -> Tuple[Calibration, ...]:
        """Makes a calibration the one that is used. Answers with what the service says about it, which may be
        nothing."""
        return self._many(Calibration, "enable_calibration", cancel, calibration_id=calibration_id)

    def enable_auto_calibration(self, *, cancel: Optional[CancelToken] = None) -> Any:
        """Has each recording measured by itself from now on. Answers with the account, as the service gives it."""
        return self._core.call("enable_auto_calibration", None, cancel)

    def get_calibration(self, calibration_id: str, *, cancel: Optional[CancelToken] = None) -> Calibration:
        """One calibration."""
        return self._one(Calibration, "get_calibration", cancel, calibration_id=calibration_id)

    def list_calibrations(self, *, cancel: Optional[CancelToken] = None) -> Tuple[Calibration, ...]:
        """All calibrations."""
        return self._many(Calibration, "list_calibrations", cancel)

    def delete_calibration(
        self, calibration_id: str, *, cancel: Optional[CancelToken] = None
    ) -> Optional[Calibration]:
        """Deletes a calibration, and answers with it; None when the answer was lost and a further try found it gone."""
        return self._maybe(Calibration, "delete_calibration", cancel, calibration_id=calibration_id)


def ids(of: Sequence[str]) -> object:
    """A single id is a sequence of letters."""
    return [of] if isinstance(of, str) and of else list(of)
