"""The words of a large market: a few that everyone uses, and a long tail that hardly anyone does."""

import re
import tomllib
from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any, Generic, TypeVar

T = TypeVar("T")

WORDS = 30_000  # in the long tail of invented words
MODELS = 50_000  # model numbers
_ONSETS = [
    "b",
    "br",
    "c",
    "ch",
    "cl",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kr",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "qu",
    "r",
    "s",
    "sk",
    "st",
    "t",
    "tr",
    "v",
    "vel",
    "w",
    "z",
]
_VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "io", "ou"]
_CODAS = ["ck", "l", "ld", "ll", "m", "n", "nd", "nt", "r", "rk", "rn", "s", "sk", "st", "t", "th", "v", "x"]
_LETTERS = "ABCDEFGHJKLMNPRSTVWXZ"
_SLOT = re.compile(r"%([a-z])")


@cache
def scale_data() -> dict[str, Any]:
    """What stands in data/scale.toml."""
    path = Path(__file__).parent.parent / "data" / "scale.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def one_of(rng: Random, items: Sequence[T]) -> T:
    """One of the items, each as likely; a quarter of the time that `Random.choice` takes."""
    return items[int(rng.random() * len(items))]


class Zipf(Generic[T]):
    """Picks the item of rank r with a chance that falls as 1 / r ** exponent, as words in use do."""

    def __init__(self, items: Sequence[T], *, exponent: float = 1.0) -> None:
        """`items` stand in the order of their ranks."""
        self.items = items
        self._cumulated: list[float] = list(accumulate((rank + 1) ** -exponent for rank in range(len(items))))

    def pick(self, rng: Random) -> T:
        """One item."""
        return self.items[bisect(self._cumulated, rng.random() * self._cumulated[-1])]

    def share(self, rank: int) -> float:
        """How often the item of this rank, from 0, is picked: between 0 and 1."""
        before = self._cumulated[rank - 1] if rank else 0.0
        return (self._cumulated[rank] - before) / self._cumulated[-1]


class Template:
    """A text with slots such as %w, each filled anew."""

    def __init__(self, text: str) -> None:
        self._slots = _SLOT.findall(text)
        self._text = _SLOT.sub("%s", text)

    def fill(self, fillers: Mapping[str, Callable[[], str]]) -> str:
        """The text, with what the fillers give for its slots."""
        return self._text % tuple([fillers[slot]() for slot in self._slots])


@cache
def tail_words() -> Zipf[str]:
    """Invented words, such as a trade name or a grade may be; each a lexeme of its own."""
    rng = Random("tail words")  # noqa: S311  # the same at every seeding is the point
    words: dict[str, None] = {}
    while len(words) < WORDS:
        syllables = [rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(rng.choice((2, 2, 2, 3)))]
        words["".join(syllables) + rng.choice(_CODAS)] = None
    return Zipf(tuple(words))


@cache
def models() -> Zipf[str]:
    """Model numbers, such as "KD4410"."""
    rng = Random("models")  # noqa: S311  # the same at every seeding is the point
    numbers: dict[str, None] = {}
    while len(numbers) < MODELS:
        numbers["".join(rng.choices(_LETTERS, k=2)) + str(rng.randint(100, 99_999))] = None
    return Zipf(tuple(numbers), exponent=0.8)


@cache
def fairs() -> tuple[str, ...]:
    """The trade fair of each month before now, the present month's first: words that only leads of one month hold."""
    return tuple(scale_data()["fairs"]["names"])
