"""Draws flat shapes with Pillow: the part of SVG's path language that drawings of goods need, smooth at the edges."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self

from PIL import Image, ImageDraw

Point = tuple[float, float]
Line = list[Point]

_TOKEN = re.compile(r"[MLHVCSQAZ]|[-+]?(?:\d+\.?\d*|\.\d+)", re.IGNORECASE)
_NUMBERS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "A": 7}
_STEPS = 14  # straight pieces of a curve
_OVERSAMPLING = 2  # drawn so many times larger and shrunk, which smooths the edges


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a drawing's own field lands: turned by `angle` degrees, then scaled, then moved."""

    x: float = 0
    y: float = 0
    angle: float = 0
    scale: float = 1

    def __call__(self, point: Point) -> Point:
        """The point where it will be drawn."""
        sine, cosine = math.sin(math.radians(self.angle)), math.cos(math.radians(self.angle))
        x, y = point
        return self.x + self.scale * (x * cosine - y * sine), self.y + self.scale * (x * sine + y * cosine)

    def inside(self, other: "Placing") -> "Placing":
        """This placing within a field that is itself placed."""
        x, y = other((self.x, self.y))
        return replace(self, x=x, y=y, angle=self.angle + other.angle, scale=self.scale * other.scale)


class Pen:
    """A picture being drawn, in pixels; `picture` gives it in its final size."""

    def __init__(self, width: int, height: int, background: str) -> None:
        self._image = Image.new("RGB", (width * _OVERSAMPLING, height * _OVERSAMPLING), background)
        self._draw = ImageDraw.Draw(self._image)
        self._place = Placing(scale=_OVERSAMPLING)

    def fill(self, path: str, colour: str, placing: Placing) -> Self:
        """Fill each part of an SVG path on its own; holes are drawn over instead."""
        for line in flatten(path):
            if len(line) > 2:
                self._draw.polygon(self._placed(line, placing), fill=colour)
        return self

    def line(self, path: str, width: float, colour: str, placing: Placing) -> Self:
        """Follow an SVG path with a round-ended stroke."""
        place = placing.inside(self._place)
        thick = max(1, round(width * place.scale))
        for flat in flatten(path):
            points = self._placed(flat, placing)
            self._draw.line(points, fill=colour, width=thick, joint="curve")
            for x, y in (points[0], points[-1]):
                self._draw.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=colour)
        return self

    def ellipse(self, centre: Point, radii: Point, angle: float, colour: str, placing: Placing) -> Self:
        """An ellipse that may lean by `angle` degrees."""
        own = Placing(*centre, angle=angle).inside(placing)
        around = [math.tau * step / 64 for step in range(64)]
        self._draw.polygon(
            self._placed([(radii[0] * math.cos(a), radii[1] * math.sin(a)) for a in around], own), fill=colour
        )
        return self

    def picture(self) -> Image.Image:
        """The finished picture."""
        return self._image.reduce(_OVERSAMPLING)

    def _placed(self, line: Line, placing: Placing) -> Line:
        place = placing.inside(self._place)
        return [place(point) for point in line]


def flatten(path: str) -> list[Line]:
    """The parts of an SVG path (commands M L H V C S Q A Z, absolute and relative) as chains of straight pieces."""
    lines: list[Line] = []
    bend: Point | None = None  # the second corner of the curve before, which S mirrors
    for command, numbers in _commands(path):
        kind = command.upper()
        if kind == "Z":
            lines[-1].append(lines[-1][0])
            continue
        here = lines[-1][-1] if lines else (0.0, 0.0)
        start = here if command.islower() else (0.0, 0.0)
        if kind == "S":
            mirrored = (2 * here[0] - bend[0], 2 * here[1] - bend[1]) if bend else here
            numbers = [mirrored[0] - start[0], mirrored[1] - start[1], *numbers]  # noqa: PLW2901  # now it is a C
            kind = "C"
        bend = _add(start, numbers[2:4]) if kind == "C" else None
        if kind == "M":
            lines.append([_add(start, numbers)])
        else:
            lines[-1] += _PIECES[kind](here, start, numbers)
    return lines


def _commands(path: str) -> Iterator[tuple[str, list[float]]]:
    """Each command with its numbers; numbers that follow without a command repeat the last one."""
    tokens = _TOKEN.findall(path)
    command, position = "", 0
    while position < len(tokens):
        if tokens[position].isalpha():
            command, position = tokens[position], position + 1
            if command in "Zz":
                yield command, []
                continue
        count = _NUMBERS[command.upper()]
        yield command, [float(token) for token in tokens[position : position + count]]
        position += count
        command = {"M": "L", "m": "l"}.get(command, command)


def _add(start: Point, numbers: list[float]) -> Point:
    return start[0] + numbers[0], start[1] + numbers[1]


def _straight(_here: Point, start: Point, numbers: list[float]) -> Line:
    return [_add(start, numbers)]


def _level(here: Point, start: Point, numbers: list[float]) -> Line:
    return [(start[0] + numbers[0], here[1])]


def _upright(here: Point, start: Point, numbers: list[float]) -> Line:
    return [(here[0], start[1] + numbers[0])]


def _bezier(here: Point, start: Point, numbers: list[float]) -> Line:
    """A quadratic or cubic curve by De Casteljau's construction."""
    corners = [here, *(_add(start, numbers[index : index + 2]) for index in range(0, len(numbers), 2))]
    return [_between(corners, step / _STEPS) for step in range(1, _STEPS + 1)]


def _between(corners: Line, share: float) -> Point:
    while len(corners) > 1:
        corners = [(a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share) for a, b in pairwise(corners)]
    return corners[0]


def _arc(here: Point, start: Point, numbers: list[float]) -> Line:
    """A circular arc (SVG 2, appendix B.2.4, with equal radii): radius, flags large and sweep, end."""
    radius, large, sweep = numbers[0], bool(numbers[3]), bool(numbers[4])
    end = _add(start, numbers[5:])
    chord = math.dist(here, end)
    radius = max(radius, chord / 2)
    middle = ((here[0] + end[0]) / 2, (here[1] + end[1]) / 2)
    reach = math.sqrt(max(0.0, radius**2 - chord**2 / 4)) * (-1 if large == sweep else 1) / chord
    centre = (middle[0] - (end[1] - here[1]) * reach, middle[1] + (end[0] - here[0]) * reach)
    first = math.atan2(here[1] - centre[1], here[0] - centre[0])
    turn = (math.atan2(end[1] - centre[1], end[0] - centre[0]) - first) % math.tau
    turn -= 0 if sweep else math.tau
    angles = [first + turn * step / (2 * _STEPS) for step in range(1, 2 * _STEPS + 1)]
    return [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in angles]


_PIECES: dict[str, Callable[[Point, Point, list[float]], Line]] = {
    "L": _straight,
    "H": _level,
    "V": _upright,
    "C": _bezier,
    "Q": _bezier,
    "A": _arc,
}
