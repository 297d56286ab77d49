"""The one place where an upload becomes a picture: checked by content, measured, and drawn anew.

What is stored are pixels that we encoded ourselves. Whatever else the upload carried (camera data, place, scripts,
a second file glued to its end, its name) stays behind.
"""

import secrets
from dataclasses import dataclass
from io import BytesIO

from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from privacy.file_contents import TooManyPixels, Unreadable, open_picture

MOST_BYTES = 10 * 1024 * 1024
LOGO_SIDE = 320
MARK_SIDE = 640  # of a partner's logo, which may be a wide one
FULL_SIDE = 1600
THUMBNAIL_SIDE = 320
DECODERS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
# A telephone's photo can hold a second JPEG (depth, preview); that is not an animation, and only the first is read.
STILL_FORMATS = frozenset({"JPEG", "MPO"})


class PictureRefused(ValueError):
    """The upload cannot be used; `str()` says in the reader's language why and what to do."""


class NotAPicture(PictureRefused):
    """The content is no still JPEG, PNG, WebP or GIF that can be read to its end."""


class PictureTooLarge(PictureRefused):
    """More bytes or pixels than a picture may have."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of goods in two sizes, both WebP; `width` and `height` are the full one's, in pixels."""

    full: "ContentFile[bytes]"
    thumbnail: "ContentFile[bytes]"  # square
    width: int
    height: int


def reencode_logo(upload: "File[bytes]") -> "ContentFile[bytes]":
    """The upload as a square of at most 320 px under a random name: PNG with transparency, else WebP.

    Small logos are not enlarged; what is not square gets transparent edges. Raises NotAPicture or PictureTooLarge.
    """
    logo = _read(upload, most_side=LOGO_SIDE)
    side = max(logo.size)
    if logo.width != logo.height:
        square = Image.new("RGBA", (side, side))
        square.paste(logo, ((side - logo.width) // 2, (side - logo.height) // 2))
        logo = square
    return _encode(logo, as_png=logo.mode == "RGBA")


def reencode_mark(upload: "File[bytes]") -> "ContentFile[bytes]":
    """The upload in its own proportions, at most 640 px a side, under a random name: PNG with transparency, else WebP.

    Raises NotAPicture or PictureTooLarge.
    """
    mark = _read(upload, most_side=MARK_SIDE)
    return _encode(mark, as_png=mark.mode == "RGBA")


def reencode_picture(upload: "File[bytes]") -> Picture:
    """The upload at no more than 1600 px a side, and its middle as a thumbnail of 320 px; white behind transparency.

    Raises NotAPicture or PictureTooLarge.
    """
    full = _read(upload, most_side=FULL_SIDE)
    if full.mode == "RGBA":
        white = Image.new("RGB", full.size, "white")
        white.paste(full, mask=full)
        full = white
    side = min(THUMBNAIL_SIDE, *full.size)
    thumbnail = ImageOps.fit(full, (side, side), Image.Resampling.LANCZOS)
    return Picture(full=_encode(full), thumbnail=_encode(thumbnail), width=full.width, height=full.height)


def _read(upload: "File[bytes]", *, most_side: int) -> Image.Image:
    """The upload's pixels as RGB or RGBA, upright, at most `most_side` pixels a side, and nothing else of it."""
    try:
        image = open_picture(_content(upload), DECODERS)
    except TooManyPixels as error:
        raise _too_many_pixels() from error
    except Unreadable as error:
        raise _unreadable() from error
    if image.format not in STILL_FORMATS and getattr(image, "n_frames", 1) > 1:
        raise NotAPicture(_("A moving picture cannot be used. Choose a still JPEG, PNG or WebP picture."))
    try:
        return _small_and_upright(image, most_side)
    except Exception as error:  # hostile pixels, too: cut off, corrupt, inflating without end
        raise _unreadable() from error


def _content(upload: "File[bytes]") -> bytes:
    """All bytes, whatever size the upload says it has."""
    upload.seek(0)
    data: bytes = upload.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise PictureTooLarge(_("The picture is larger than 10 MB. Save it smaller and choose it again."))
    return data


def _small_and_upright(image: Image.Image, most_side: int) -> Image.Image:
    """Shrunk before it is turned, so that a large photo is in memory once."""
    image.draft("RGB", (most_side * 2, most_side * 2))  # JPEG only: decodes straight to a fraction of its size
    if image.mode.startswith("I;16"):  # 16 bits a pixel would clip to white
        image = image.point(lambda value: value / 256).convert("L")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode != mode:  # converting to the same would copy every pixel
        image = image.convert(mode)
    image.thumbnail((most_side, most_side), Image.Resampling.LANCZOS)
    image = ImageOps.exif_transpose(image)
    image.info.clear()  # orientation was the last thing wanted of it; PNG would carry the rest along
    return image


def _encode(image: Image.Image, *, as_png: bool = False) -> "ContentFile[bytes]":
    written = BytesIO()
    if as_png:
        image.save(written, "PNG", optimize=True)
    else:
        image.save(written, "WEBP", quality=82, method=4)
    return ContentFile(written.getvalue(), name=f"{secrets.token_hex(16)}.{'png' if as_png else 'webp'}")


def _too_many_pixels() -> PictureTooLarge:
    return PictureTooLarge(
        _("The picture has more than 40 million pixels or 20,000 on a side. Save it smaller and choose it again.")
    )


def _unreadable() -> NotAPicture:
    return NotAPicture(_("This file cannot be read as a picture. Choose a JPEG, PNG or WebP picture."))
