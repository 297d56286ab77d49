"""Which of a campaign's texts a reader gets, and what a text cannot be sent for."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from mailings.models import Campaign, CampaignText


class Unsendable(Exception):
    """The mail as it would arrive lacks what it must have; `lacks` says what, in words."""

    def __init__(self, lacks: str) -> None:
        super().__init__(lacks)
        self.lacks = lacks


def texts_by_language(campaign: Campaign) -> Callable[[str], CampaignText]:
    """Finds the text for a reader: of their language, of its parent (“pt” for “pt-br”), or the campaign's own.

    Raises Unsendable where the campaign has no text in its own language. One query.
    """
    texts = {one.language.lower(): one for one in campaign.texts.all()}
    own = texts.get(campaign.default_language.lower())
    if own is None:
        raise Unsendable(_("a text in the language for everybody else"))

    def find(language: str) -> CampaignText:
        wanted = language.lower()
        return texts.get(wanted) or texts.get(wanted.partition("-")[0]) or own

    return find
