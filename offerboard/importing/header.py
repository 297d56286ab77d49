"""The first row of a table, which must name the columns."""

from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext as _

from offerboard.amounts import NotANumber, TwoReadings, read_amount
from offerboard.importing.shape import LONGEST_NAME, MOST_COLUMNS, FileRefused


def read_header(cells: Sequence[str]) -> tuple[str, ...]:
    """The columns' names; blank ones in between are numbered, at the end left out. Raises FileRefused."""
    names = [" ".join(cell.split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        words = {"n": len(names), "most": MOST_COLUMNS}
        raise FileRefused(_("The file has %(n)d columns. At most %(most)d can be read.") % words)
    if len(names) < 2:
        raise FileRefused(
            _("Only one column was found. Columns must be parted by a comma, a semicolon, a tab or a vertical bar.")
        )
    if long := next((name for name in names if len(name) > LONGEST_NAME), None):
        raise FileRefused(_("The first line must name the columns. “%(start)s…” is too long.") % {"start": long[:40]})
    if number := next((name for name in names if name and _is_number(name)), None):
        raise FileRefused(_("The first line must name the columns. Here it holds the number %(n)s.") % {"n": number})
    names = [name or _("Column %(n)d") % {"n": place} for place, name in enumerate(names, start=1)]
    name, times = Counter(name.casefold() for name in names).most_common(1)[0]
    if times > 1:
        raise FileRefused(_("Two columns are called “%(name)s”. Give each column its own name.") % {"name": name})
    return tuple(names)


def _is_number(text: str) -> bool:
    try:
        read_amount(text)
    except TwoReadings:
        return True
    except NotANumber:
        return False
    return True
