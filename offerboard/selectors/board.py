"""What the board shows, fetched whole."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory.places import country_name
from offerboard.models import Lead
from offerboard.presentation import LeadCard, number
from offerboard.search import CAP, LOOK, Filters, Results, Sort
from offerboard.selectors import board_filters
from offerboard.selectors.addresses import board_address, feed_address
from offerboard.selectors.board_answer import answer, lead_count, leads_shown
from offerboard.selectors.board_filters import Choices, Row, Tab
from offerboard.selectors.cards import cards_by_id
from offerboard.selectors.saved_searches import is_saved, save_address
from offerboard.selectors.tree import Tree, category_tree

NAMED = 3  # as many categories or countries stand in the heading


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Everything the board's template draws."""

    heading: str
    count: str  # "1,284 leads"
    cards: list[LeadCard]
    shown: str  # "Leads 1 to 20 of 1,284"
    first_url: str
    next_url: str
    tabs: list[Tab]
    chips: list[tuple[str, str]]
    clear_url: str
    verified: list[Row]
    categories: Choices
    countries: Choices
    within: list[Row]
    conditions: list[Row]
    incoterms: list[Row]
    unit_options: list[tuple[str, str]]
    unit: str
    currency_options: list[tuple[str, str]]
    currency: str
    opened: dict[str, bool]  # folded filters that hold something
    sorts: list[tuple[str, str, bool]]  # value (the usual order needs none), label, whether it is chosen
    notes: list[str]  # what to know about what was found, and about its order
    instead: tuple[str, str] | None  # “did you mean”: words and address
    by_country: tuple[str, str] | None  # the words name a country: what else to search, and its address
    currencies: list[tuple[str, str]]  # to sort by price one must choose one: code and address
    company: str  # a slug that the form carries along
    address: str  # of this very page, for the browser's address bar
    canonical: str
    save_url: str  # "" when there is nothing to save
    is_saved: bool  # by the member who reads it
    feed_url: str
    indexed: bool  # whether search engines should list the page


def board_page(
    *, filters: Filters, unknown: Sequence[str] = (), after: str, now: datetime, member_id: int | None = None
) -> BoardPage:
    """The page of leads behind the cursor `after`, with the filters around it, as `member_id` or a visitor reads it.

    `unknown` are labels of filters that ask for something nobody knows; the page says that they hold nothing back.
    Five queries at most, for a member one more; where the words find nothing, other searches are tried.
    """
    tree, named = category_tree(), filters.categories
    filters = replace(filters, categories=tree.known(named))
    asked = replace(filters, categories=tree.narrowest(filters.categories))
    found = answer(asked, now=now, after=after)
    results = found.results
    cards = cards_by_id(results.ids, now=now)  # asked for once more by the public rule: it alone decides what is shown
    facets = results.facets
    return BoardPage(
        heading=_heading(filters, tree),
        count=lead_count(results),
        cards=cards,
        shown=leads_shown(results),
        first_url=board_address(filters) if results.position > 1 else "",
        next_url=board_address(filters, after=results.next_cursor) if results.next_cursor else "",
        tabs=board_filters.tabs(filters, results),
        chips=board_filters.chips(filters, tree, company_name=cards[0].company_name if cards else ""),
        clear_url=board_address(Filters(kind=filters.kind, sort=filters.sort)),
        verified=board_filters.verified_rows(filters, facets["verified"]),
        categories=board_filters.category_choices(filters, facets["categories"], tree),
        countries=board_filters.country_choices(filters, facets["countries"]),
        within=board_filters.within_rows(filters, facets["within"]),
        conditions=board_filters.condition_rows(filters, facets["conditions"]),
        incoterms=board_filters.incoterm_rows(filters, facets["incoterms"]),
        unit_options=board_filters.unit_options(get_language() or ""),
        unit=filters.unit,
        currency_options=board_filters.currency_options(),
        currency=filters.currency,
        opened=_opened(filters),
        sorts=_sorts(filters, chosen=found.sort),
        notes=[*_notes(filters, results), *found.notes, *_passed_over(unknown, named, tree)],
        instead=(found.better, board_address(replace(filters, words=found.better))) if found.better else None,
        by_country=_by_country(replace(found.by_country, categories=filters.categories)) if found.by_country else None,
        currencies=_currencies(filters, results),
        company=filters.company,
        address=board_address(filters, after=after if results.position > 1 else ""),
        canonical=settings.SITE_URL + board_address(filters),
        save_url=save_address(filters),
        is_saved=member_id is not None and is_saved(filters, member_id=member_id),
        feed_url=feed_address(filters),
        indexed=_is_indexed(filters, results),
    )


def _heading(filters: Filters, tree: Tree) -> str:
    kinds = {"": _("Leads"), Lead.Kind.SELL_OFFER: _("Sell offers"), Lead.Kind.BUY_INQUIRY: _("Buy inquiries")}
    heading = kinds[filters.kind]
    if filters.words:
        heading = _("%(leads)s for “%(words)s”") % {"leads": heading, "words": filters.words}
    categories = [tree.names[slug] for slug in tree.narrowest(filters.categories)]
    places = [country_name(code) for code in filters.countries]
    named = [*(categories if len(categories) <= NAMED else []), *(places if len(places) <= NAMED else [])]
    return _("%(leads)s: %(named)s") % {"leads": heading, "named": ", ".join(named)} if named else heading


def _by_country(search: Filters) -> tuple[str, str]:
    words = {"words": search.words, "countries": ", ".join(country_name(code) for code in search.countries)}
    label = _("“%(words)s” from companies in %(countries)s") if search.words else _("All of companies in %(countries)s")
    return label % words, board_address(search)


def _sorts(filters: Filters, *, chosen: Sort) -> list[tuple[str, str, bool]]:
    offered = [sort for sort in Sort if sort != Sort.RELEVANCE or filters.words]
    return [(sort.value if sort != Sort.NEWEST else "", str(sort.label), sort == chosen) for sort in offered]


def _opened(filters: Filters) -> dict[str, bool]:
    return {
        "price": bool(filters.currency),
        "quantity": bool(filters.unit),
        "condition": bool(filters.conditions),
        "incoterm": bool(filters.incoterms),
    }


def _notes(filters: Filters, results: Results) -> list[str]:
    """Why the order is not the one asked for, what is sorted at all, and how far back was looked."""
    notes = []
    if filters.sort != filters.order and filters.sort == Sort.PRICE:
        notes.append(
            _("Prices compare within one currency only, so the newest stand first. To sort by price, choose one:")
        )
    elif filters.order == Sort.PRICE and not filters.unit:
        notes.append(
            _("Each price is for one unit, such as a tonne or a piece. To compare like with like, choose a unit.")
        )
    if filters.order != Sort.NEWEST and results.count > CAP:
        notes.append(
            _("Only the newest %(n)s leads are sorted. To sort all, choose more filters.") % {"n": number(CAP)}
        )
    if results.count <= CAP and not results.is_complete:
        notes.append(_("We looked through the newest %(n)s leads that fit the other filters.") % {"n": number(LOOK)})
        if filters.order == Sort.NEWEST:
            notes.append(_("“Next page” looks further back."))
    return notes


def _passed_over(unknown: Sequence[str], slugs: tuple[str, ...], tree: Tree) -> list[str]:
    """An old link, or one typed by hand, may name what is no more: nobody shall take the list for what it asked for."""
    all_known = tree.known(slugs) == slugs
    labels = ", ".join(dict.fromkeys([*unknown, *([] if all_known else [_("Category")])]))
    told = _("This link asks for something that we do not know. The list is not narrowed by it: %s.")
    return [told % labels] if labels else []


def _currencies(filters: Filters, results: Results) -> list[tuple[str, str]]:
    if filters.sort != Sort.PRICE or filters.sort == filters.order:
        return []
    counts = results.facets["currency"].counts
    most_used = sorted((code for code in counts if code), key=lambda code: -counts[code])
    return [(code, board_address(replace(filters, currency=code))) for code in most_used[:5]]


def _is_indexed(filters: Filters, results: Results) -> bool:
    """The board itself, a kind, a category, a country or all three: pages worth finding. Others are without number."""
    worth_finding = Filters(kind=filters.kind, categories=filters.categories[:1], countries=filters.countries[:1])
    return filters == worth_finding and results.position == 1 and results.count > 0
