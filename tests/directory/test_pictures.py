"""What happens to an upload that says it is a picture."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, PngImagePlugin

from directory.pictures import NotAPicture, PictureTooLarge, reencode_logo, reencode_mark, reencode_picture

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
RED, BLUE = (255, 0, 0), (0, 0, 255)


def upload(data: bytes, name: str = "picture.png", content_type: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type=content_type)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    written = BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def opened(content: "ContentFile[bytes]") -> Image.Image:
    content.seek(0)
    return Image.open(BytesIO(content.read()))


def pixel(image: Image.Image, place: tuple[int, int]) -> tuple[int, ...]:
    """The channels at this place, one by one; a single one for shades of grey."""
    found = image.getpixel(place)
    return found if isinstance(found, tuple) else (int(found or 0),)


def red_then_blue(width: int = 600, height: int = 400) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    ImageDraw.Draw(image).rectangle((width // 2, 0, width, height), fill=BLUE)
    return image


def png_header(width: int, height: int) -> bytes:
    """A PNG that promises a size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = zlib.compress(b"\0" * 1000)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_still_picture_becomes_webp_in_two_sizes(kind: str) -> None:
    picture = reencode_picture(upload(encoded(red_then_blue(2400, 1200), kind)))

    full, thumbnail = opened(picture.full), opened(picture.thumbnail)
    assert (full.format, full.size) == ("WEBP", (1600, 800))
    assert (picture.width, picture.height) == (1600, 800)
    assert (thumbnail.format, thumbnail.size) == ("WEBP", (320, 320))


def test_a_small_picture_is_not_enlarged() -> None:
    picture = reencode_picture(upload(encoded(red_then_blue(90, 60), "PNG")))

    assert opened(picture.full).size == (90, 60)
    assert opened(picture.thumbnail).size == (60, 60)


def test_a_picture_with_transparency_gets_white_behind_it() -> None:
    picture = reencode_picture(upload(encoded(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "PNG")))

    assert pixel(opened(picture.full).convert("RGB"), (20, 20)) == (255, 255, 255)


def test_a_wide_logo_is_fitted_into_a_transparent_square() -> None:
    logo = opened(reencode_logo(upload(encoded(red_then_blue(800, 200), "JPEG"))))

    assert (logo.format, logo.mode, logo.size) == ("PNG", "RGBA", (320, 320))
    assert pixel(logo, (5, 5))[3] == 0
    assert pixel(logo, (5, 160))[3] == 255


def test_a_mark_keeps_its_proportions_and_gets_no_edges() -> None:
    wide, small = (
        opened(reencode_mark(upload(encoded(red_then_blue(width, height), "PNG"))))
        for width, height in ((1280, 200), (90, 40))
    )

    assert [(mark.format, mark.mode, mark.size) for mark in (wide, small)] == [
        ("WEBP", "RGB", (640, 100)),
        ("WEBP", "RGB", (90, 40)),
    ]


def test_a_square_opaque_logo_becomes_webp() -> None:
    assert opened(reencode_logo(upload(encoded(red_then_blue(500, 500), "PNG")))).format == "WEBP"


def test_a_logo_keeps_its_transparency() -> None:
    palette = Image.new("P", (64, 64), 0)
    logo = opened(reencode_logo(upload(encoded(palette, "GIF", transparency=0))))

    assert (logo.mode, pixel(logo, (9, 9))[3]) == ("RGBA", 0)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_turned_upright_and_forgets_where_it_was_taken(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn a quarter clockwise to see it upright
    exif[0x010E] = "taken at 12 Le Duan"
    data = encoded(red_then_blue(), kind, exif=exif)
    assert b"taken at" in data

    picture = reencode_picture(upload(data))

    for part in (picture.full, picture.thumbnail):
        content = part.read()
        assert b"taken at" not in content
        assert b"EXIF" not in content
    full = opened(picture.full).convert("RGB")
    assert full.size == (400, 600)
    assert pixel(full, (200, 50))[0] > 200  # red is on top now


def test_notes_and_profiles_inside_a_png_stay_behind() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "call +84 24 3825 4321")
    picture = Image.new("RGBA", (64, 64), (9, 9, 9, 90))
    data = encoded(picture, "PNG", pnginfo=notes, icc_profile=b"a profile with a name in it")
    assert b"call +84" in data

    content = reencode_logo(upload(data)).read()

    assert b"call +84" not in content
    assert b"iCCP" not in content


def test_sixteen_bits_a_pixel_do_not_turn_white() -> None:
    picture = reencode_picture(upload(encoded(Image.new("I;16", (50, 50), 128 * 256), "PNG")))

    assert abs(pixel(opened(picture.full).convert("L"), (25, 25))[0] - 128) < 4


def test_print_colours_become_screen_colours() -> None:
    assert opened(reencode_picture(upload(encoded(Image.new("CMYK", (50, 50)), "JPEG"))).full).mode == "RGB"


def test_a_telephone_photo_with_a_second_picture_inside_is_still_one_picture() -> None:
    data = encoded(red_then_blue(), "MPO", save_all=True, append_images=[red_then_blue()])

    assert opened(reencode_picture(upload(data)).full).size == (600, 400)


def test_what_is_glued_to_a_picture_stays_behind() -> None:
    """A polyglot: a picture for one program, a page or an archive for another."""
    payload = b"<html><script>alert(1)</script></html>PK\x05\x06" + b"\0" * 18
    for kind in ("GIF", "JPEG", "PNG"):
        picture = reencode_picture(upload(encoded(red_then_blue(), kind) + payload, name="photo.html"))
        content = picture.full.read() + picture.thumbnail.read()

        assert b"script" not in content
        assert b"PK" not in content[-40:]


def test_the_uploads_name_is_never_used() -> None:
    data = encoded(red_then_blue(), "PNG")
    hostile = upload(data)
    hostile.name = "../../settings.py\0.png"  # what a program may send in the form's place

    names = {part.name for part in (reencode_logo(hostile), reencode_logo(hostile), reencode_picture(hostile).full)}

    assert len(names) == 3
    for name in names:
        stem, ending = str(name).split(".")
        assert len(stem) == 32
        assert stem.isalnum()
        assert ending in {"png", "webp"}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"quarterly report", id="text renamed to .png"),
        pytest.param(SVG, id="svg with script"),
        pytest.param(b"<!--\x89PNG-->" + SVG, id="svg with a picture's first letters inside"),
        pytest.param(b"GIF89a/*" + b"*/=alert(1)//", id="script that begins like a gif"),
        pytest.param(b"%PDF-1.7 " + b"\xff\xd8\xff", id="pdf"),
        pytest.param(b"MZ" + b"\0" * 200, id="program"),
        pytest.param(encoded(red_then_blue(), "PNG")[:400], id="cut off png"),
        pytest.param(encoded(red_then_blue(), "JPEG")[:700], id="cut off jpeg"),
        pytest.param(encoded(red_then_blue(), "WEBP")[:90], id="cut off webp"),
        pytest.param(encoded(red_then_blue(), "BMP"), id="bmp"),
        pytest.param(encoded(red_then_blue(), "TIFF"), id="tiff"),
        pytest.param(png_header(600, 400), id="png without its pixels"),
        pytest.param(png_header(0, 0), id="png of nothing"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\xff" * 64, id="png of noise"),
    ],
)
def test_what_is_no_picture_is_refused_with_advice(data: bytes) -> None:
    for reencode in (reencode_logo, reencode_mark, reencode_picture):
        with pytest.raises(NotAPicture, match="Choose a JPEG, PNG or WebP picture"):
            reencode(upload(data))


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_a_moving_picture_is_refused(kind: str) -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in (RED, BLUE)]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)

    with pytest.raises(NotAPicture, match="moving"):
        reencode_logo(upload(data))


@pytest.mark.parametrize(("width", "height"), [(20_001, 10), (10, 20_001), (8000, 8000), (60_000, 60_000)])
def test_a_giant_is_refused_before_it_is_unpacked(width: int, height: int) -> None:
    for reencode in (reencode_logo, reencode_mark, reencode_picture):
        with pytest.raises(PictureTooLarge, match="more than 40 million pixels"):
            reencode(upload(png_header(width, height)))


def test_a_bomb_of_zeros_is_refused() -> None:
    """5 MB of file that would unpack to gigabytes of note."""
    image = encoded(red_then_blue(), "PNG")
    note = b"Comment\0\0" + zlib.compress(b"\0" * 200_000_000, 9)
    chunk = struct.pack(">I", len(note)) + b"zTXt" + note + struct.pack(">I", zlib.crc32(b"zTXt" + note))

    with pytest.raises(NotAPicture):
        reencode_picture(upload(image[:33] + chunk + image[33:]))


def test_more_than_ten_megabytes_are_refused_whatever_size_is_declared() -> None:
    large = upload(encoded(red_then_blue(), "PNG") + b"\0" * 10 * 1024 * 1024)
    large.size = 10

    with pytest.raises(PictureTooLarge, match="10 MB"):
        reencode_logo(large)


def test_the_largest_allowed_picture_is_taken() -> None:
    data = encoded(Image.new("L", (20_000, 2_000), 200), "PNG")

    assert opened(reencode_picture(upload(data)).full).size == (1600, 160)
