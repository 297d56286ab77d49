"""GET /api/v1/leads/ and /api/v1/leads/<id>/."""

from datetime import datetime

from offerboard.api.leads_query import LeadsQuery, filters_of
from offerboard.keyset import NotOurCursor as NotOnTheBoard
from offerboard.pulled import LEADS
from offerboard.search import pull
from partners.api.things import Asked, Found, Thing, Things
from partners.cursors import NotOurCursor


class Leads(Things):
    """What the board shows, by its own search."""

    source, scope, query = LEADS, LEADS.scope, LeadsQuery

    def find(self, asked: Asked, *, after: str, most: int, now: datetime) -> Found:
        """As the board would, but more at once."""
        try:
            pulled = pull(filters_of(asked), now=now, most=most, after=after)
        except NotOnTheBoard as error:
            raise NotOurCursor from error
        return Found(pulled.ids, pulled.next_cursor)


class OneLead(Thing):
    """A lead."""

    source, scope = LEADS, LEADS.scope
