"""What a member's saved searches say and find."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Member
from directory.models import Category, Company
from mailings.times import Frequency
from offerboard.models import Lead, SavedSearch
from offerboard.presentation import ago, count_words
from offerboard.saved_filters import lasting, to_columns, to_filters
from offerboard.search import CAP, EVERYTHING, Filters, search
from offerboard.selectors.addresses import board_address
from offerboard.selectors.board_filters import chips
from offerboard.selectors.tree import Tree, category_tree
from offerboard.selectors.watching import WatchTab, watch_tabs

LONGEST_NAME = 80  # characters


@dataclass(frozen=True, slots=True)
class SearchRow:
    """One saved search; the leads it finds are asked for by its row alone."""

    pk: UUID
    name: str
    says: list[str]  # each filter in words; empty when the name says the same
    board_url: str  # "" when a category it asks for is no more: without it, it would find other things
    finds_url: str
    saved: str
    frequency: str
    mails: str  # how often, in words; "" while none are sent


@dataclass(frozen=True, slots=True)
class SearchesPage:
    """All of a member's searches, the latest first."""

    tabs: list[WatchTab]
    rows: list[SearchRow]
    frequencies: list[tuple[str, str]]  # to choose from


@dataclass(frozen=True, slots=True)
class Finds:
    """What a search finds now."""

    count: str  # "12 leads"
    newest_title: str
    newest_url: str
    newest_ago: str


@dataclass(frozen=True, slots=True)
class SaveSearchPage:
    """What is about to be saved."""

    says: list[str]  # empty: nothing to save
    suggested: str  # a name
    board_url: str
    save_url: str


def save_address(filters: Filters) -> str:
    """Where the board's button saves these filters; "" when there is nothing to save."""
    kept = lasting(filters)
    if kept == EVERYTHING:
        return ""
    _path, _mark, query = board_address(kept).partition("?")
    return f"{reverse('offerboard:save_search')}?{query}"


def is_saved(filters: Filters, *, member_id: int) -> bool:
    """Whether the member keeps a search that finds the same. One query, none when there is nothing to save.

    The fingerprint holds ids of categories and of the company; to ask by slugs is one question fewer.
    """
    kept = lasting(filters)
    if kept == EVERYTHING:
        return False
    columns = to_columns(kept, category_ids={}, company_id=None)
    words = columns["words"].casefold()
    asked = {name: columns[name] for name in columns.keys() - {"words", "categories", "company_id", "fingerprint"}}
    asked |= {"company__slug": kept.company} if kept.company else {"company": None}
    chosen = Category.objects.filter(slug__in=kept.categories).order_by("pk").values("pk")  # in the order of the column
    asked["categories"] = ArraySubquery(chosen) if kept.categories else []
    found = SavedSearch.objects.filter(member=member_id, **asked)
    return any(saved.casefold() == words for saved in found.values_list("words", flat=True))


def save_search_page(filters: Filters) -> SaveSearchPage:
    """The search in words, before it is saved. Two queries at most."""
    tree = category_tree()
    filters = replace(lasting(filters), categories=tree.known(filters.categories))
    says = _says(filters, tree, company_name=_company_name(filters.company))
    return SaveSearchPage(
        says=says,
        suggested=suggested_name(filters),
        board_url=board_address(filters),
        save_url=save_address(filters),
    )


def suggested_name(filters: Filters) -> str:
    """A name made of what the search asks for. A company's name is left out: it may stop being public. One query."""
    tree = category_tree()
    filters = replace(lasting(filters), categories=tree.known(filters.categories))
    name = ", ".join(_says(filters, tree, company_name="")) or _("Saved search")
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def searches_page(*, member: Member, now: datetime) -> SearchesPage:
    """All saved searches in words. Five queries; none of the searches is run."""
    tree = category_tree()
    slugs = _slugs()
    kept = SavedSearch.objects.filter(member=member).select_related("company").order_by("-created_at", "-id")
    return SearchesPage(
        tabs=watch_tabs(member=member, current="searches"),
        rows=[_row(saved, tree, slugs, now=now) for saved in kept],
        frequencies=[(one.value, str(one.label)) for one in Frequency],
    )


def search_address(saved: SavedSearch) -> str:
    """The board as the search asks for it."""
    return board_address(_filters(saved, _slugs()))


def finds(saved: SavedSearch, *, now: datetime) -> Finds | None:
    """What the search finds at this moment, within the bounds of every search; None when a category of it is gone."""
    slugs = _slugs()
    if _lost(saved, slugs):
        return None
    filters = _filters(saved, slugs)
    found = search(replace(filters, categories=category_tree().narrowest(filters.categories)), now=now)
    newest = Lead.objects.public(at=now).filter(pk__in=found.ids[:1]).only("title", "slug", "posted_at").first()
    count = ngettext("%(n)s lead", "%(n)s leads", found.count) % {
        "n": count_words(found.count, cap=CAP, is_complete=found.is_complete)
    }
    if newest is None or newest.posted_at is None:
        return Finds(count=_("No leads at the moment"), newest_title="", newest_url="", newest_ago="")
    return Finds(count, newest.title, newest.get_absolute_url(), ago(newest.posted_at, now=now))


def _row(saved: SavedSearch, tree: Tree, slugs: dict[int, str], *, now: datetime) -> SearchRow:
    filters = _filters(saved, slugs)
    company = saved.company.legal_name if saved.company and saved.company.state == Company.State.LISTED else ""
    says = _says(filters, tree, company_name=company)
    return SearchRow(
        pk=saved.pk,
        name=saved.name,
        says=says if ", ".join(says) != saved.name else [],
        board_url="" if _lost(saved, slugs) else board_address(filters),
        finds_url=reverse("offerboard:finds", args=[saved.pk]),
        saved=_("Saved %(ago)s") % {"ago": ago(saved.created_at, now=now)},
        frequency=saved.frequency,
        mails="" if saved.frequency == Frequency.OFF else saved.get_frequency_display(),
    )


def _slugs() -> dict[int, str]:
    return dict(Category.objects.values_list("pk", "slug"))


def _filters(saved: SavedSearch, slugs: dict[int, str]) -> Filters:
    return to_filters(saved, slugs=slugs, company=saved.company.slug if saved.company else "")


def _lost(saved: SavedSearch, slugs: dict[int, str]) -> bool:
    return any(pk not in slugs for pk in saved.categories)


def _company_name(slug: str) -> str:
    if not slug:
        return ""
    return Company.objects.listed().filter(slug=slug).values_list("legal_name", flat=True).first() or ""


def _says(filters: Filters, tree: Tree, *, company_name: str) -> list[str]:
    """Each filter in words, as the board's chips say them; the kind first, which has tabs of its own there."""
    kinds = {Lead.Kind.SELL_OFFER: _("Sell offers"), Lead.Kind.BUY_INQUIRY: _("Buy inquiries")}
    kind = [kinds[Lead.Kind(filters.kind)]] if filters.kind else []
    return kind + [label for label, _url in chips(filters, tree, company_name=company_name)]
