"""Which of a campaign's texts a reader gets, and what a text cannot be sent for."""

from collections.abc import Callable, Container

from django.utils.translation import gettext as _

from mailings.models import Campaign, CampaignText


class Unsendable(Exception):
    """The mail as it would arrive lacks what it must have; `lacks` says what, in words."""

    def __init__(self, lacks: str) -> None:
        super().__init__(lacks)
        self.lacks = lacks


def best_language(wanted: str, *, written: Container[str], own: str) -> str:
    """The language of the text for a reader: theirs, its parent (“pt” for “pt-br”), or the campaign's own.

    All codes in small letters, as Django has them; `written` are those in which there is a text.
    """
    wanted = wanted.lower()
    return next((one for one in (wanted, wanted.partition("-")[0]) if one in written), own)


def texts_by_language(campaign: Campaign) -> Callable[[str], CampaignText]:
    """Finds the text for a reader. Raises Unsendable where the campaign has none in its own language. One query."""
    texts = {one.language.lower(): one for one in campaign.texts.all()}
    own = campaign.default_language.lower()
    if own not in texts:
        raise Unsendable(_("a text in the language for everybody else"))
    return lambda language: texts[best_language(language, written=texts, own=own)]
