"""Files beside the database: they appear and vanish with the rows that name them."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from django.core.files.base import File
from django.db import transaction
from django.db.models.fields.files import FieldFile


@contextmanager
def files_of_this_try() -> Iterator[list[FieldFile]]:
    """Files are no part of a transaction: when it fails, what it wrote is deleted here."""
    written: list[FieldFile] = []
    try:
        yield written
    except BaseException:
        for file in written:
            file.delete(save=False)
        raise


def forget(fields: Iterable[FieldFile]) -> None:
    """Delete files once the transaction that deletes their rows has committed."""
    for field in fields:
        if field.name:
            transaction.on_commit(partial(field.storage.delete, field.name))


def digest_of(file: "File[bytes]") -> str:
    """The SHA-256 of the whole file, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for chunk in file.chunks():  # from the start, whoever read before
        digest.update(chunk)
    return digest.hexdigest()
