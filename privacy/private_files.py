"""Where files lie that not everybody may read: no address leads to them."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.deconstruct import deconstructible


@deconstructible
class PrivateStorage(FileSystemStorage):
    """Files under settings.PRIVATE_ROOT, outside of what is served as media; a view that asks who reads opens them."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> str:  # asked each time, so that tests can move it
        """The folder."""
        return str(settings.PRIVATE_ROOT)

    @property
    def location(self) -> str:
        """The folder, from the root of the file system."""
        return str(Path(self.base_location).resolve())

    def url(self, name: str | None) -> Any:
        """There is none. Raises NotImplementedError."""
        raise NotImplementedError(name)


def private_files() -> Storage:
    """The storage, as a model's field asks for it."""
    return storages["private"]
