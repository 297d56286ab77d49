"""What the directory does: companies come, change, hide and are suspended; the category tree is filled."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import translation
from phonenumber_field.phonenumber import PhoneNumber

from directory import admission, registry
from directory.categories import TREE
from directory.models import Category, Company, TeamMember, Verification
from directory.selectors.owners import staying_owners
from directory.slugs import public_slug
from privacy.masking import mask_contacts
from privacy.services.suppression import lift

State = Company.State
LEFT = "A company that has left"  # in the place of its name
# Which claims a changed field takes away: what was checked is no longer what the page says.
CHECKED_FIELDS: Mapping[Verification.Claim, tuple[str, ...]] = {
    Verification.Claim.IDENTITY: ("legal_name", "country"),
    Verification.Claim.REGISTRY: ("legal_name", "country"),
    Verification.Claim.ADDRESS: ("country", "region", "city", "postal_code", "address"),
    Verification.Claim.SITE_VISIT: ("country", "region", "city", "postal_code", "address"),
}


class StateConflict(Exception):
    """The company is not in the state that this starts from; somebody was quicker."""


class Closing(Exception):
    """All who own the company wish to leave the market, and it is hidden until they do or change their mind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a company says about itself, field by field as in `Company`; anything else cannot be changed this way."""

    legal_name: str
    trade_name: str
    description: str
    country: str  # ISO 3166-1 alpha-2
    region: str
    city: str
    postal_code: str
    address: str
    phone: PhoneNumber | str  # E.164
    fax: PhoneNumber | str
    website: str
    business_types: Sequence[str]
    turnover_band: str
    headcount_band: str
    year_established: int | None
    main_markets: Sequence[str]  # ISO 3166-1 alpha-2
    languages: Sequence[str]  # BCP 47


@transaction.atomic
def create_company(
    *,
    legal_name: str,
    country: str,
    city: str,
    address: str,
    phone: PhoneNumber | str,
    owner: AbstractBaseUser,
    now: datetime,
) -> Company:
    """Found a company with its first owner; a draft until `list_company`."""
    company = Company.objects.create(
        slug=public_slug(legal_name, fallback="company"),
        legal_name=legal_name,
        country=country,
        city=city,
        address=address,
        phone=phone,
        created_at=now,
        updated_at=now,
    )
    TeamMember.objects.create(company=company, member_id=owner.pk, role=TeamMember.Role.OWNER, joined_at=now)
    return company


@transaction.atomic
def list_company(*, company: Company, now: datetime) -> bool:
    """Its owner confirmed an e-mail address: the draft becomes public, or will once a suspension is lifted.

    False: it stays a draft, and staff look at it first. Raises StateConflict when it was no draft any more.
    """
    rows = Company.objects.filter(pk=company.pk)
    draft = rows.filter(Q(state=State.DRAFT) | Q(suspended_from=State.DRAFT)).select_for_update().first()
    if draft is None:
        raise StateConflict
    if _waits(draft, now=now):
        return False
    rows.filter(state=State.DRAFT).update(state=State.LISTED, updated_at=now)
    rows.filter(suspended_from=State.DRAFT).update(suspended_from=State.LISTED, updated_at=now)
    _bring_along(company, now)
    return True


@transaction.atomic(durable=True)
def hide_company(*, company: Company, now: datetime) -> None:
    """Its owner takes it off the market; page and leads vanish with the commit. Raises StateConflict."""
    move_company(company=company, before=State.LISTED, after=State.HIDDEN, now=now)


@transaction.atomic(durable=True)
def show_company(*, company: Company, now: datetime) -> bool:
    """Its owner lists it again, which lifts no suspension. False: staff look at it first.

    Raises StateConflict, and Closing while all of its owners wish to leave.
    """
    owners = company.team.filter(role=TeamMember.Role.OWNER)
    if owners.exists() and not staying_owners().filter(company=company).exists():
        raise Closing
    hidden = Company.objects.filter(pk=company.pk, state=State.HIDDEN).select_for_update().first()
    if hidden is not None and _waits(hidden, now=now):
        return False
    move_company(company=company, before=State.HIDDEN, after=State.LISTED, now=now)
    return True


@transaction.atomic
def admit_company(*, company: Company, now: datetime) -> None:
    """Staff have looked at a company that waits: nothing stands in its way any more, and it is listed.

    Raises StateConflict where it does not wait for staff, or its owner has not confirmed an e-mail address.
    """
    rows = Company.objects.filter(pk=company.pk, state__in=[State.DRAFT, State.HIDDEN])
    waiting = rows.select_for_update().first()
    if waiting is None or not admission.must_wait(waiting) or not admission.is_confirmed(waiting):
        raise StateConflict
    for kind, value in admission.identity_of(waiting):
        lift(kind=kind, value=value, now=now)
    move_company(company=waiting, before=State(waiting.state), after=State.LISTED, now=now)


@transaction.atomic
def move_company(*, company: Company, before: Company.State, after: Company.State, now: datetime) -> None:
    """Change a company's state from `before` to `after` in one statement, within the caller's transaction.

    What follows companies, such as their leads on the board, moves with it. Raises StateConflict where the company is
    not in the state `before`.
    """
    if not Company.objects.filter(pk=company.pk, state=before).update(state=after, updated_at=now):
        raise StateConflict
    _bring_along(company, now)


@transaction.atomic
def suspend_company(*, company: Company, now: datetime) -> None:
    """Staff take it off the market; page and leads vanish with the commit. Raises StateConflict."""
    active = Company.objects.filter(pk=company.pk).exclude(state__in=[State.SUSPENDED, State.CLOSED])
    if not active.update(suspended_from=F("state"), state=State.SUSPENDED, updated_at=now):
        raise StateConflict
    _bring_along(company, now)


@transaction.atomic
def restore_company(*, company: Company, now: datetime) -> None:
    """Lift the suspension; what its owner had hidden stays hidden. Raises StateConflict."""
    before = Case(When(suspended_from="", then=Value(State.LISTED)), default=F("suspended_from"))
    suspended = Company.objects.filter(pk=company.pk, state=State.SUSPENDED)
    if not suspended.update(state=before, suspended_from="", updated_at=now):
        raise StateConflict
    _bring_along(company, now)


@transaction.atomic
def close_company(*, company: Company, now: datetime) -> str:
    """The last of its people leaves: what is left is a row without a word about it, so that its threads have two sides.

    Answers the name of its logo's file, which nothing leads to any more. Raises StateConflict when it was closed.
    """
    kept = Company.objects.select_for_update().get(pk=company.pk)
    if kept.state == State.CLOSED:
        raise StateConflict
    logo = kept.logo.name or ""
    blank = Company(pk=kept.pk, slug=public_slug("left", fallback="left"), legal_name=LEFT, created_at=kept.created_at)
    blank.state, blank.updated_at, blank.country = State.CLOSED, now, ""
    blank.save(force_update=True)
    blank.industries.clear()
    blank.verifications.all().delete()
    blank.team.all().delete()
    _bring_along(blank, now)
    return logo


@transaction.atomic(durable=True)
def update_company(*, company: Company, profile: Profile, industries: Sequence[Category], now: datetime) -> bool:
    """Save a company's profile; contact details in its description are masked, state and claims stay apart.

    A claim about something that is said differently now ends with this change: a badge vouches for what was checked.
    False: it is hidden with this change until staff have looked, as it now says to be somebody who has left.
    """
    kept = Company.objects.select_for_update().get(pk=company.pk)  # the second of two editors waits here
    values: dict[str, Any] = asdict(profile) | {"description": mask_contacts(profile.description)}
    changed = {name for name, value in values.items() if getattr(kept, name) != value}
    for name, value in values.items():
        setattr(kept, name, value)
    kept.updated_at = now
    kept.save(update_fields=[*values, "updated_at"])
    kept.industries.set(industries)
    ended = [claim for claim, fields in CHECKED_FIELDS.items() if changed.intersection(fields)]
    kept.verifications.current(at=now).filter(claim__in=ended, checked_at__lt=now).update(valid_until=now)
    stays = not (changed & admission.IDENTITY and _withdraw(kept, now=now))
    _bring_along(kept, now)
    return stays


@transaction.atomic(durable=True)
def set_logo(*, company: Company, logo: "ContentFile[bytes] | None", now: datetime) -> None:
    """Put a picture of `directory.pictures.reencode_logo` in place of the present one, or take that away."""
    kept = Company.objects.select_for_update().get(pk=company.pk)
    storage, before = kept.logo.storage, kept.logo.name
    kept.logo = logo
    kept.updated_at = now
    try:
        kept.save(update_fields=["logo", "updated_at"])
    except Exception:
        if logo is not None and kept.logo.name != before:  # the row is not there, so its file must not stay
            storage.delete(kept.logo.name)
        raise
    if before:
        transaction.on_commit(lambda: storage.delete(before))


@transaction.atomic
def load_categories(model: type[Category] = Category) -> int:
    """Add the categories of `directory.categories` that the table lacks; returns how many were added.

    A category that is there stays as it is, id and operator's edits included, so this can run at any time.
    `model` lets a migration pass the table as it was then.
    """
    known = {category.slug: category for category in model.objects.all()}
    before = len(known)
    with translation.override(None):  # the table holds the source's words
        for position, top in enumerate(TREE):
            if top.slug not in known:
                known[top.slug] = model.objects.create(slug=top.slug, name=str(top.name), position=position)
            parent = known[top.slug]
            missing = [
                model(parent=parent, slug=leaf.slug, name=str(leaf.name), position=place, hs_codes=list(leaf.hs))
                for place, leaf in enumerate(top.leaves)
                if leaf.slug not in known
            ]
            known |= {leaf.slug: leaf for leaf in model.objects.bulk_create(missing)}
    return len(known) - before


@transaction.atomic
def keep_category(*, category: Category) -> None:
    """Save a category that staff changed; what is filed under it moves with it."""
    category.save()
    for follow in registry.category_followers():
        follow(category)


def _waits(company: Company, *, now: datetime) -> bool:
    """Whether it must not be listed yet; then staff find it in their queue."""
    if not admission.must_wait(company):
        return False
    admission.ask_staff(company, now=now)
    return True


def _withdraw(company: Company, *, now: datetime) -> bool:
    """Hide a company that must not be listed as it is; answers whether it was public, or would have been again."""
    rows = Company.objects.filter(pk=company.pk)
    public = rows.filter(Q(state=State.LISTED) | Q(suspended_from=State.LISTED))
    if not public.exists() or not _waits(company, now=now):
        return False
    rows.filter(state=State.LISTED).update(state=State.HIDDEN)
    rows.filter(suspended_from=State.LISTED).update(suspended_from=State.HIDDEN)
    return True


def _bring_along(company: Company, now: datetime) -> None:
    """Higher apps bring along what they copied, inside this transaction."""
    for follow in registry.company_followers():
        follow(company, now)
