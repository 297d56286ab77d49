"""What higher apps add to the directory's pages; they register it from their apps.py.

Templates that are registered here get one variable, `content`: what their `fetch` returned.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from directory.models import Category, Company


@dataclass(frozen=True, slots=True)
class Panel:
    """One section of a company's page: a template and the function that fetches all it shows.

    A `count` among what is fetched stands beside the title at the top of the page.
    """

    name: str  # also the section's id in the page
    title: Any  # lazily translated
    template: str
    fetch: Callable[[Company, datetime], Mapping[str, Any] | None]  # None: nothing to show


@dataclass(frozen=True, slots=True)
class CategoryPanel:
    """One section of a category's page, such as its newest leads.

    Of what is fetched, a `lede` (plain text) also opens the page and a `feed_url` stands in its head; without `cards`
    the section holds nothing worth finding.
    """

    name: str
    title: Any
    template: str
    fetch: Callable[[Category, datetime], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class CategoryMeasure:
    """How many things of a kind each category holds, asked in one query for all of them."""

    name: str
    label: Any  # lazily translated plural, such as “leads”
    counts: Callable[[datetime], Mapping[int, int]]  # by category id, of the category itself without those inside it


class Audience(StrEnum):
    """Whom a company's page offers an action."""

    OTHERS = "others"  # visitors, and members who do not belong to the company
    TEAM = "team"  # the company's own people


@dataclass(frozen=True, slots=True)
class Action:
    """A button at the top of a company's page that leads to a higher app's page."""

    name: str
    label: Any  # lazily translated
    icon: str  # a name of templates/components/icon.html
    url_for: Callable[[Company], str]
    audience: Audience = Audience.OTHERS
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """Something beside a company's name that depends on who reads, such as a star; the company's team sees none."""

    name: str
    template: str
    fetch: Callable[[Company, int | None], Mapping[str, Any]]  # of the reader's id, None for visitors


# Told inside the transaction that changed a company: what others copied from it must follow.
CompanyFollower = Callable[[Company, datetime], None]

# Told inside the transaction that moved a category to another place in the tree.
CategoryFollower = Callable[[Category], None]

_panels: dict[str, Panel] = {}
_category_panels: dict[str, CategoryPanel] = {}
_category_measures: dict[str, CategoryMeasure] = {}
_actions: dict[str, Action] = {}
_controls: dict[str, Control] = {}
_followers: dict[str, CompanyFollower] = {}
_category_followers: dict[str, CategoryFollower] = {}


def _add(table: dict[str, Any], name: str, thing: object) -> None:
    """Enter a thing under its name; a second one of that name is a programming error."""
    if table.setdefault(name, thing) is not thing:
        message = f"{name} is registered twice"
        raise ValueError(message)


def register_panel(panel: Panel) -> None:
    """Add a panel to the company's page; they stand in the order of registration."""
    _add(_panels, panel.name, panel)


def register_category_panel(panel: CategoryPanel) -> None:
    """Add a panel to the category's page; they stand in the order of registration."""
    _add(_category_panels, panel.name, panel)


def register_category_measure(measure: CategoryMeasure) -> None:
    """Add a count; the first one registered stands beside each category's name."""
    _add(_category_measures, measure.name, measure)


def register_action(action: Action) -> None:
    """Add a button to the company's page; they stand in the order of registration."""
    _add(_actions, action.name, action)


def register_control(control: Control) -> None:
    """Add a control to the company's page; they stand behind the buttons."""
    _add(_controls, control.name, control)


def register_company_follower(name: str, follower: CompanyFollower) -> None:
    """Have `follower` called whenever a company's profile or state changed, inside the same transaction."""
    _add(_followers, name, follower)


def register_category_follower(name: str, follower: CategoryFollower) -> None:
    """Have `follower` called whenever a category was moved, inside the same transaction."""
    _add(_category_followers, name, follower)


def panels() -> list[Panel]:
    """All panels of the company's page."""
    return list(_panels.values())


def category_panels() -> list[CategoryPanel]:
    """All panels of the category's page."""
    return list(_category_panels.values())


def category_measures() -> list[CategoryMeasure]:
    """All counts by category."""
    return list(_category_measures.values())


def actions(audience: Audience) -> list[Action]:
    """The buttons for these readers."""
    return [action for action in _actions.values() if action.audience == audience]


def controls(audience: Audience) -> list[Control]:
    """The controls for these readers."""
    return list(_controls.values()) if audience == Audience.OTHERS else []


def company_followers() -> list[CompanyFollower]:
    """All who want to hear of a changed company."""
    return list(_followers.values())


def category_followers() -> list[CategoryFollower]:
    """All who want to hear of a moved category."""
    return list(_category_followers.values())
