"""Pictures of invented goods among the market's files."""

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def keep_file(folder: str, content: bytes, *, owner: str) -> str:
    """Store a WebP under a name made of its content and its owner, once; returns the name.

    No two owners share a file: whoever removes a picture removes the file too. A name that is there holds the same.
    """
    digest = hashlib.sha256(owner.encode() + b"\0" + content).hexdigest()[:32]
    name = f"{folder}/{digest}.webp"
    return name if default_storage.exists(name) else default_storage.save(name, ContentFile(content))
