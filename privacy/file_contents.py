"""What an uploaded file is, by its content: its name and the type that it declares are never asked."""

from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO

import puremagic
from PIL import Image

END = 2048  # bytes at a PDF's end in which its last marks stand
MOST_SIDE = 20_000  # pixels
MOST_PIXELS = 40_000_000


class Unreadable(ValueError):
    """The content is no picture of these types."""


class TooManyPixels(ValueError):
    """More than a picture may have on a side or in all."""


def types_of(data: bytes) -> set[str]:
    """Every media type that the content can be taken for, such as “image/png”; of a few bytes there may be several."""
    with suppress(puremagic.PureError, ValueError):
        return {match.mime_type for match in puremagic.magic_string(data)}
    return set()


def is_whole_pdf(data: bytes) -> bool:
    """Whether it is a PDF from its first byte on, with the marks that the last bytes of a whole one have."""
    end = data[-END:]
    whole = data.startswith(b"%PDF-") and b"startxref" in end and b"%%EOF" in end
    return whole and "application/pdf" in types_of(data)


def open_picture(data: bytes, decoders: Mapping[str, str]) -> Image.Image:
    """The picture, of which only the head has been read: no pixel is unpacked before it is measured.

    `decoders` are Pillow's, by the type that the content must say it is; no other decoder is ever tried.
    Raises Unreadable, TooManyPixels.
    """
    types = types_of(data)
    fitting = [decoder for kind, decoder in decoders.items() if kind in types]
    if len(fitting) != 1:
        raise Unreadable
    try:
        picture = Image.open(BytesIO(data), formats=fitting)
    except Image.DecompressionBombError as error:
        raise TooManyPixels from error
    except Exception as error:  # hostile heads make decoders raise whatever they like
        raise Unreadable from error
    if max(picture.size) > MOST_SIDE or picture.width * picture.height > MOST_PIXELS:
        raise TooManyPixels
    return picture
