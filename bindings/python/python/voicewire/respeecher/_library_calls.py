"""Projects, folders, recordings and notes."""

import warnings
from pathlib import Path
from typing import Any, Optional, Tuple, Union

from .._listing import Listing
from .._paths import Audio, OnBytes, PathLike
from .._refusal import invalid
from .._voicewire import CancelToken
from ._calls import Calls
from ._library import Deleted, Folder, Note, Project, Recording
from ._words import Direction, ProjectSort


class PlaceCalls(Calls):
    """The calls about projects and folders."""

    def list_projects(
        self,
        *,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        sort: Optional[ProjectSort] = None,
        direction: Optional[Direction] = None,
        owner: Optional[str] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Listing[Project]:
        """Projects, fetched as they are iterated over. So are all lists that have a `limit`.

        Args:
            limit: How many on a page; 1 or more. Else the service decides.
            offset: How many to leave out first; 0 or more.
            sort: By what they are sorted.
            direction: In which direction.
            owner: Only those of this user or group.
            cancel: A CancelToken that ends all of the list's fetching.

        Raises:
            InvalidArgumentError: an argument that cannot be, before anything is sent. The rest comes while iterating.
        """
        return self._list(
            Project, "list_projects", cancel, limit=limit, offset=offset, sort=sort, direction=direction, owner=owner
        )

    def create_project(
        self, name: str, *, owner: Optional[str] = None, models: Any = None, cancel: Optional[CancelToken] = None
    ) -> Project:
        """Makes a project.

        Args:
            name: Its name. Not empty.
            owner: Whose it is: a user or a group.
            models: Not used any more.
            cancel: A CancelToken that ends the call.
        """
        return self._one(Project, "create_project", cancel, name=name, owner=owner, models=models)

    def rename_project(self, project_id: str, name: str, *, cancel: Optional[CancelToken] = None) -> Project:
        """Renames a project."""
        return self._one(Project, "rename_project", cancel, project_id=project_id, name=name)

    def delete_project(self, project_id: str, *, cancel: Optional[CancelToken] = None) -> Optional[Deleted]:
        """Deletes a project. None when the answer was lost and a further try found it gone."""
        return self._maybe(Deleted, "delete_project", cancel, project_id=project_id)

    def get_project_by_url(self, project_url: str, *, cancel: Optional[CancelToken] = None) -> Project:
        """The project with this `url`."""
        return self._one(Project, "get_project_by_url", cancel, project_url=project_url)

    def export_project(
        self,
        project_id: str,
        path: PathLike,
        *,
        starred_only: Optional[bool] = None,
        on_progress: Optional[OnBytes] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Path:
        """Downloads a project as a zip file.

        Args:
            project_id: The project.
            path, on_progress, cancel: As for download().
            starred_only: Whether what is not starred is left out.

        Returns:
            The file.

        Raises:
            Error: as download().
        """
        return self._download(
            "export_project", path, on_progress, cancel, project_id=project_id, starred_only=starred_only
        )

    def list_folders(
        self,
        project_id: str,
        *,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        direction: Optional[Direction] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Listing[Folder]:
        """The folders of a project. The arguments are those of list_projects(); the service's own limit is 50."""
        return self._list(
            Folder, "list_folders", cancel, project_id=project_id, limit=limit, offset=offset, direction=direction
        )

    def create_folder(
        self,
        name: str,
        project_id: str,
        *,
        parent_id: Optional[str] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Folder:
        """Makes a folder.

        Args:
            name: Its name. Not empty.
            project_id: The project it is in.
            parent_id: The folder it is in.
            cancel: A CancelToken that ends the call.
        """
        return self._one(Folder, "create_folder", cancel, name=name, project_id=project_id, parent_id=parent_id)

    def rename_folder(self, folder_id: str, name: str, *, cancel: Optional[CancelToken] = None) -> Folder:
        """Renames a folder."""
        return self._one(Folder, "rename_folder", cancel, folder_id=folder_id, name=name)

    def delete_folder(self, folder_id: str, *, cancel: Optional[CancelToken] = None) -> Tuple[Deleted, ...]:
        """Deletes a folder, with those in it, and answers with what is gone; with nothing when the answer was lost and
        a further try found it gone."""
        return self._many(Deleted, "delete_folder", cancel, folder_id=folder_id)

    def get_folder(self, folder_id: str, *, cancel: Optional[CancelToken] = None) -> Folder:
        """One folder."""
        return self._one(Folder, "get_folder", cancel, folder_id=folder_id)


class RecordingCalls(Calls):
    """The calls about recordings and notes."""

    def list_recordings(
        self,
        *,
        project_id: Optional[str] = None,
        folder_id: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        direction: Optional[Direction] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Listing[Recording]:
        """Recordings of a project or a folder, conversions among them. The arguments are those of list_projects()."""
        return self._list(
            Recording,
            "list_recordings",
            cancel,
            project_id=project_id,
            folder_id=folder_id,
            limit=limit,
            offset=offset,
            direction=direction,
        )

    def list_originals(
        self,
        folder_id: str,
        *,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        direction: Optional[Direction] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Listing[Recording]:
        """The originals in a folder. The arguments are those of list_projects()."""
        return self._list(
            Recording, "list_originals", cancel, folder_id=folder_id, limit=limit, offset=offset, direction=direction
        )

    def list_conversions(
        self,
        original_id: str,
        *,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        direction: Optional[Direction] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Listing[Recording]:
        """The conversions of an original. The arguments are those of list_projects()."""
        return self._list(
            Recording,
            "list_conversions",
            cancel,
            original_id=original_id,
            limit=limit,
            offset=offset,
            direction=direction,
        )

    def create_recording(
        self,
        parent_folder_id: str,
        audio: Audio,
        *,
        label: Optional[str] = None,
        microphone: str = "file",
        file_name: Optional[str] = None,
        on_progress: Optional[OnBytes] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Recording:
        """Uploads audio as an original. Its `state` says when it is done.

        Args:
            parent_folder_id: The folder it comes into.
            audio: WAV, Ogg, MP3 or FLAC: a file's path as str or os.PathLike, which is sent as it is read, whatever its
                length; the bytes of a file; or a voicewire.deepdub.Speech.
            label: Its label.
            microphone: The microphone; 'file' is what an upload is to say.
            file_name: What bytes are called as a file. Else 'audio' with the ending of what they are.
            on_progress: Called with the bytes that have been sent and those that there are. What it raises ends the
                call, and is raised; so does False, with CancelledError.
            cancel: A CancelToken that ends the call.

        Raises:
            FileError: the audio cannot be read.
            RejectedInputError: it is none for the service.
            Error: as call().
        """
        return self._upload(
            Recording,
            "create_recording",
            audio,
            file_name,
            on_progress,
            cancel,
            parent_folder_id=parent_folder_id,
            microphone=microphone,
            label=label,
        )

    def create_tts_recording_v1(
        self,
        project_id: str,
        parent_folder_id: str,
        voice_id: str,
        text: str,
        *,
        label: Optional[str] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Recording:
        """Has a text spoken as an original, the old way.

        Deprecated: the vendor advises against it. Use create_tts_recording().
        """
        warnings.warn(
            "the vendor advises against create_tts_recording_v1: use create_tts_recording",
            DeprecationWarning,
            stacklevel=2,
        )
        return self._one(
            Recording,
            "create_tts_recording_v1",
            cancel,
            project_id=project_id,
            parent_folder_id=parent_folder_id,
            voice_id=voice_id,
            text=text,
            label=label,
        )

    def create_tts_recording(
        self,
        parent_folder_id: str,
        text: str,
        *,
        text_language: Optional[str] = None,
        label: Optional[str] = None,
        tts_voice_id: Optional[str] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Recording:
        """Has a text spoken as an original. Its `state` says when it is done.

        Args:
            parent_folder_id: The folder it comes into.
            text: What is spoken. Not empty.
            text_language: Its language (ISO 639). Else it is found out.
            label: Its label.
            tts_voice_id: The voice that speaks it, one of list_tts_voices(). Not on the vendor's page.
            cancel: A CancelToken that ends the call.
        """
        return self._one(
            Recording,
            "create_tts_recording",
            cancel,
            parent_folder_id=parent_folder_id,
            text=text,
            text_language=text_language,
            label=label,
            tts_voice_id=tts_voice_id,
        )

    def update_recording(
        self,
        recording_id: str,
        *,
        label: Optional[str] = None,
        starred: Optional[bool] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Recording:
        """Changes what is given of a recording, and answers with the whole."""
        return self._one(
            Recording, "update_recording", cancel, recording_id=recording_id, label=label, starred=starred
        )

    def replace_recording(
        self, recording_id: str, *, label: str, starred: bool, cancel: Optional[CancelToken] = None
    ) -> Recording:
        """Sets all that can be set of a recording, and answers with the whole."""
        return self._one(
            Recording, "replace_recording", cancel, recording_id=recording_id, label=label, starred=starred
        )

    def delete_recording(self, recording_id: str, *, cancel: Optional[CancelToken] = None) -> None:
        """Deletes a recording."""
        self._core.call("delete_recording", {"recording_id": recording_id}, cancel)

    def export_conversions(
        self,
        original_id: str,
        path: PathLike,
        *,
        starred_only: Optional[bool] = None,
        on_progress: Optional[OnBytes] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Path:
        """Downloads all conversions of an original as a zip file. The arguments are those of export_project()."""
        return self._download(
            "export_conversions", path, on_progress, cancel, original_id=original_id, starred_only=starred_only
        )

    def get_recording(self, recording_id: str, *, cancel: Optional[CancelToken] = None) -> Recording:
        """One recording."""
        return self._one(Recording, "get_recording", cancel, recording_id=recording_id)

    def download(
        self,
        recording: Union[Recording, str],
        path: PathLike,
        *,
        on_progress: Optional[OnBytes] = None,
        cancel: Optional[CancelToken] = None,
    ) -> Path:
        """Downloads a recording's audio. One that breaks off goes on where it was, or begins again.

        Args:
            recording: A Recording, or what is its `url`. The key goes along only if that is at the service itself, and
                refused without it.
            path: The file, which is written beside its place and has its name when it is whole; one of that name is
                replaced. A directory that is there gets the file under the service's name for it, made safe.
            on_progress: Called with the bytes that have come and those that there are, None where nobody knows. What it
                raises ends the call, and is raised; so does False, with CancelledError. There is never half a file.
            cancel: A CancelToken that ends the call.

        Returns:
            The file.

        Raises:
            InvalidArgumentError: the recording has no url (it is not done), or it is none.
            FileError: the file cannot be written.
            Error: whatever else can go wrong.
        """
        url = recording if isinstance(recording, str) else recording.url
        if url is None:
            raise invalid("url", "not there", "a recording that is done")
        return self._core.download_url(url, path, on_progress, cancel)

    def create_note(self, recording_id: str, text: str, *, cancel: Optional[CancelToken] = None) -> Note:
        """Writes a note about a recording."""
        return self._one(Note, "create_note", cancel, recording_id=recording_id, text=text)

    def update_note(self, recording_id: str, text: str, *, cancel: Optional[CancelToken] = None) -> Note:
        """Changes the note about a recording."""
        return self._one(Note, "update_note", cancel, recording_id=recording_id, text=text)

    def delete_note(self, recording_id: str, *, cancel: Optional[CancelToken] = None) -> Optional[Note]:
        """Deletes the note about a recording, and answers with it; None when the answer was lost and a further try
        found it gone."""
        return self._maybe(Note, "delete_note", cancel, recording_id=recording_id)
