"""Pictures of goods and logos of companies, drawn on this machine: flat, in the tones of one palette."""

import tomllib
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image

from marketplace.seed.pen import Pen, Placing

DATA = Path(__file__).with_name("data")
WIDTH, HEIGHT = 960, 720
THUMBNAIL = 320  # what directory.pictures makes of an upload
LOGO = 320
FIELD = 96  # side of the square in which drawings give their numbers

# Tones from behind to front. Grey enough to stand beside each other on a page, far enough apart to be told apart.
_PALETTES = {
    "slate": ("#f1f5f7", "#dfe6ed", "#a9b7c5", "#8496a9", "#64778c"),
    "moss": ("#f2f5f0", "#e0e7da", "#aebf9f", "#879d79", "#667d5b"),
    "clay": ("#f7f3f0", "#eaddd5", "#cdb09d", "#ad8a75", "#876654"),
    "ochre": ("#f7f5ee", "#ebe4cf", "#d0bf93", "#b29d6c", "#8a774d"),
    "sea": ("#eff6f7", "#d9e8eb", "#9dbfc7", "#749ea9", "#53808c"),
    "plum": ("#f5f2f6", "#e5dde8", "#bfaec5", "#9b87a3", "#796682"),
    "brick": ("#f8f2f0", "#efdbd6", "#d3a79c", "#b4837a", "#8f6058"),
}
# Colours that suit the goods; the first is the most usual.
_SUITS = {
    ("slate", "sea"): "chip solar battery lathe pump motor bearing pipes ingots coil tools instrument meter forklift",
    ("slate", "plum"): "packer tyre ball",
    ("clay", "ochre"): "coffee sack nuts timber carton crate basket chair bed bale tea pallet roll",
    ("ochre", "slate"): "bag bigbag",
    ("moss", "ochre"): "oil fruit tractor bottles jar soap",
    ("brick", "clay"): "bowl dates slabs hide tiles heap container",
    ("brick", "plum"): "flowers",
    ("sea", "slate"): "fish shrimp coldbox ship drum glove pills clipboard basin towels lamp cans paper",
    ("plum", "sea", "slate"): "shirt cloth yarn",
}
PALETTES_OF = {motif: palettes for palettes, motifs in _SUITS.items() for motif in motifs.split()}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as files: `full` is WIDTH × HEIGHT pixels, `thumbnail` a square of THUMBNAIL, both WebP."""

    full: bytes
    thumbnail: bytes


@cache
def draw_goods(motif: str, palette: str) -> Drawn:
    """The goods on their ground; raises KeyError for a motif that nobody drew."""
    tones = dict(zip(("back", "paper", "light", "mid", "dark"), _PALETTES[palette], strict=True))
    pen = Pen(WIDTH, HEIGHT, tones["back"])
    scale = HEIGHT / (FIELD + 16)
    field = Placing((WIDTH - FIELD * scale) / 2, 8 * scale, scale=scale)
    pen.ellipse((48, 87), (46, 3.4), 0, tones["paper"], field)  # the ground it stands on
    _draw_shapes(pen, _motifs()[motif], tones, field)
    full = pen.picture()
    inset = (WIDTH - HEIGHT) // 2
    thumbnail = full.crop((inset, 0, inset + HEIGHT, HEIGHT)).resize((THUMBNAIL, THUMBNAIL), Image.Resampling.HAMMING)
    return Drawn(_webp(full), _webp(thumbnail))


def draw_logo(emblem: str, colour: str) -> bytes:
    """A white emblem on a square of the company's colour, LOGO pixels a side, as WebP; raises KeyError."""
    pen = Pen(LOGO, LOGO, colour)
    tones = {"back": colour, "paper": "#ffffff", "light": "#ffffff", "mid": _faded(colour), "dark": colour}
    scale = LOGO / (FIELD + 32)
    _draw_shapes(pen, _read("emblems")["emblems"][emblem], tones, Placing(16 * scale, 16 * scale, scale=scale))
    return _webp(pen.picture())


def palette_for(motif: str, rng: Random) -> str:
    """A palette that suits the goods."""
    return rng.choice(PALETTES_OF[motif])


def motifs() -> list[str]:
    """Everything that can be drawn."""
    return list(_motifs())


@cache
def _motifs() -> dict[str, list[str]]:
    return {**_read("motifs")["motifs"], **_read("motifs-2")["motifs"]}


@cache
def _read(name: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def _draw_shapes(pen: Pen, shapes: list[str], tones: dict[str, str], placing: Placing) -> None:
    for shape in shapes:
        first, second, rest = shape.split(" ", 2)
        if first == "use":
            x, y, angle, scale = (float(number) for number in rest.split())
            part = Placing(x, y, angle, scale).inside(placing)
            _draw_shapes(pen, _read("motifs")["parts"][second], tones, part)
        else:
            _draw_shape(pen, second, rest, tones[first], placing)


def _draw_shape(pen: Pen, verb: str, rest: str, colour: str, placing: Placing) -> None:
    if verb == "fill":
        pen.fill(rest, colour, placing)
    elif verb == "line":
        width, path = rest.split(" ", 1)
        pen.line(path, float(width), colour, placing)
    else:
        x, y, *radii = (float(number) for number in rest.split())
        across, along, angle = radii if verb == "ellipse" else (radii[0], radii[0], 0)
        pen.ellipse((x, y), (across, along), angle, colour, placing)


def _faded(colour: str) -> str:
    """The colour half way to white."""
    return "#" + "".join(f"{(int(colour[at : at + 2], 16) + 255) // 2:02x}" for at in (1, 3, 5))


def _webp(image: Image.Image) -> bytes:
    written = BytesIO()
    image.save(written, "WEBP", quality=82, method=1)
    return written.getvalue()
