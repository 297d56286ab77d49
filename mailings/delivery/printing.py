"""What makes the mails of campaigns: rendered once for each language and shift."""

from collections.abc import Callable

from mailings.models import Campaign, Delivery
from mailings.smtp import Letter
from mailings.writing.circulars import circular_of
from mailings.writing.composing import Printer
from mailings.writing.texts import texts_by_language


class Press:
    """Keeps, for a worker's shift, what was rendered; a text cannot change while its campaign is sent."""

    def __init__(self) -> None:
        self._makers: dict[tuple[int, object], Callable[[Delivery], Letter]] = {}

    def printer(self, campaign: Campaign) -> Callable[[Delivery], Letter]:
        """Makes the letter of a row. Raises Unsendable."""
        key = (campaign.pk, campaign.approved_at)
        if key not in self._makers:
            self._makers[key] = _maker(campaign)
        return self._makers[key]


def _maker(campaign: Campaign) -> Callable[[Delivery], Letter]:
    find = texts_by_language(campaign)
    printers = {
        words.language: Printer.of(circular_of(campaign, words), topic=campaign.topic) for words in campaign.texts.all()
    }

    def make(row: Delivery) -> Letter:
        return printers[find(row.language).language].letter(row)

    return make
