"""Where files lie that not everybody may read: no address leads to them."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.db.models import Model
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


def forget_strays(*, folder: str, model: type[Model], columns: Sequence[str], before: datetime) -> None:
    """Delete the folder's files that no row names in these columns, but for those written later than `before`.

    Files are no part of a transaction: a killed process leaves some without a row, and rows go without their files. A
    young one may be about to get its row.
    """
    storage = private_files()
    if not storage.exists(folder):
        return
    strays = {f"{folder}/{name}" for name in storage.listdir(folder)[1]}
    for column in columns:
        rows = model._default_manager.filter(**{f"{column}__in": strays})
        strays = strays.difference(rows.values_list(column, flat=True))
    for name in strays:
        if storage.get_modified_time(name) < before:
            storage.delete(name)
