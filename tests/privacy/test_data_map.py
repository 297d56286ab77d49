"""Nothing about people is forgotten: every column has a verdict, and what has none is named."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from offerboard.models import Lead, Message, PriceTier
from privacy import consents, datamap
from privacy.checks import erasers_exist, gaps, without_eraser
from privacy.datamap import (
    Basis,
    Held,
    Person,
    Purpose,
    Use,
    WrongDeclaration,
    days_after,
    declare,
    member,
    while_member,
)
from privacy.departures import erased_models
from privacy.purposes import ACCOUNT, COMPANY_CONTACT, CONNECTING, INVITING, MAILING, MARKETING, PARTNERS
from tests.factories import CompanyFactory, MemberFactory, MessageFactory

# No model has them any more and nothing is written there; they go with the next release, since the one before this
# still writes them while this one is being installed.
ON_THEIR_WAY_OUT = {("mailings_delivery", "secret")}


@pytest.fixture
def own_map(monkeypatch: pytest.MonkeyPatch) -> dict[type[models.Model], datamap.Table]:
    """A copy of the map that a test may add to."""
    copy = dict(datamap.tables())
    monkeypatch.setattr(datamap, "_tables", copy)
    return copy


@contextmanager
def planted(model: type[models.Model]) -> Iterator[None]:
    """The model with a column that nobody declared."""
    field: models.Field[str, str] = models.TextField()
    field.contribute_to_class(model, "nickname")
    try:
        yield
    finally:
        model._meta.local_fields.remove(field)
        apps.clear_cache()
        del model.nickname  # type: ignore[attr-defined]


@pytest.mark.promise("no-column-forgotten")
def test_the_map_is_complete() -> None:
    assert [error.msg for error in run_checks(tags=["models"])] == []


@pytest.mark.promise("no-column-forgotten")
@pytest.mark.parametrize("model", apps.get_models(include_auto_created=True), ids=lambda model: model._meta.label)
def test_a_column_added_to_any_table_fails_manage_py_check_and_is_named(model: type[models.Model]) -> None:
    with planted(model):
        errors = [error for error in run_checks(tags=["models"]) if str(error.id).startswith("privacy.")]

    assert [(error.id, error.msg) for error in errors] == [
        ("privacy.E003", f"{model._meta.label}.nickname has no verdict in the data map.")
    ]


def test_a_table_that_nobody_declared_is_named_with_all_its_columns() -> None:
    (error,) = gaps([Message], {})

    columns = [f"offerboard.Message.{field.name}" for field in Message._meta.local_fields]
    assert (len(columns), error.msg) == (7, f"{', '.join(columns)} is not in the data map.")


def test_a_verdict_on_a_column_that_is_gone_is_named() -> None:
    table = datamap.tables()[Message]
    stale = datamap.Table(Message, table.what, "", "", table.columns, (), (*table.neutral, "mood"))

    assert [error.msg for error in gaps([Message], {Message: stale})] == [
        "offerboard.Message.mood is in the data map and not in the table."
    ]


@pytest.mark.parametrize("whole", [None, "a table about nobody"])
def test_a_part_of_rows_that_are_about_nobody_is_named(
    own_map: dict[type[models.Model], datamap.Table], whole: str | None
) -> None:
    """Else its rows would be in nobody's copy, although somebody said that they are."""
    declared = dict(own_map)
    del declared[Lead]
    if whole:
        declared[Lead] = replace(own_map[Lead], columns=(), neutral=tuple(field.name for field in Lead._meta.fields))

    (error,) = gaps([PriceTier], declared)

    assert (error.id, error.msg) == (
        "privacy.E008",
        "offerboard.PriceTier.lead leads to no row that is about a person in the data map.",
    )


def test_a_scan_that_finds_no_tables_fails() -> None:
    assert [error.id for error in gaps([], datamap.tables())] == ["privacy.E001"]


@pytest.mark.promise("no-column-forgotten")
@pytest.mark.django_db
def test_every_column_that_postgresql_has_is_known_to_the_map() -> None:
    """Tables made behind Django’s back would escape a scan of models."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        found = {row for row in cursor.fetchall() if row[0] != "django_migrations"}  # names of migrations, and times
    declared = {
        (model._meta.db_table, field.column) for model in datamap.tables() for field in model._meta.local_fields
    }

    assert len(found) > 300
    assert found - declared == ON_THEIR_WAY_OUT


def test_every_declared_table_is_one_of_an_installed_app() -> None:
    assert set(datamap.tables()) == {
        model for model in apps.get_models(include_auto_created=True) if model._meta.managed
    }


@pytest.mark.parametrize(
    ("verdicts", "problem"),
    [
        ({"neutral": "id mood"}, None),  # asked by the check, which names all at once
        ({"held": "full_name", "neutral": "id full_name"}, "two verdicts on full_name"),
        ({"held": "mood"}, "has no column mood"),
        ({"held": "full_name", "about": None}, "full_name does not say about"),
        ({"held": "full_name", "keep": None}, "full_name does not say keep"),
        ({"held": "full_name", "what": ""}, "say what in words"),
        ({"held": "full_name", "neutral": "email", "also": {Use(MAILING, while_member()): "email"}}, "not hold: email"),
        ({"held": "full_name", "words": {"full_nam": "name"}}, "words and no verdict for full_nam"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(
    own_map: dict[type[models.Model], datamap.Table], verdicts: dict[str, object], problem: str | None
) -> None:
    del own_map[Member]
    said = {"what": _("You"), "about": member("pk"), "why": ACCOUNT, "keep": while_member(), **verdicts}

    if problem is None:
        declare(Member, **said)  # type: ignore[arg-type]
        assert own_map[Member].neutral == ("id", "mood")
    else:
        with pytest.raises(WrongDeclaration, match=problem):
            declare(Member, **said)  # type: ignore[arg-type]
        assert Member not in own_map


@pytest.mark.parametrize(
    ("verdicts", "problem"),
    [
        ({"what": "", "part_of": "lead"}, "say what in words"),
        ({"part_of": "price"}, "is no part of price"),
        ({"part_of": "mood"}, "is no part of mood"),
        ({"part_of": "lead", "held": "price", "neutral": ""}, "is no part of lead"),
    ],
)
def test_what_goes_along_says_with_what_and_is_about_nobody_itself(
    own_map: dict[type[models.Model], datamap.Table], verdicts: dict[str, str], problem: str
) -> None:
    del own_map[PriceTier]
    said = {"what": _("Prices"), "about": member("lead__posted_by"), "why": ACCOUNT, "keep": while_member()}

    with pytest.raises(WrongDeclaration, match=problem):
        declare(PriceTier, **{**said, "neutral": "price", **verdicts})  # type: ignore[arg-type]

    assert PriceTier not in own_map


def test_a_table_is_declared_once(own_map: dict[type[models.Model], datamap.Table]) -> None:
    before = own_map[Member]

    with pytest.raises(WrongDeclaration, match="declared twice"):
        declare(Member, neutral="id")

    assert own_map[Member] is before


def test_two_purposes_do_not_share_a_key(own_map: dict[type[models.Model], datamap.Table]) -> None:
    del own_map[Member]
    other = Purpose("mailing", "Something else", Basis.CONTRACT)
    declare(Member, what="You", about=member("pk"), why=other, keep=while_member(), held="full_name")

    with pytest.raises(WrongDeclaration, match="two purposes are called mailing"):
        datamap.purposes()


def test_a_purpose_that_rests_on_interests_names_them() -> None:
    with pytest.raises(ValueError, match="an interest is named"):
        Purpose("x", "Something", Basis.INTERESTS)


def test_what_a_column_says_stands_over_what_its_table_says(
    own_map: dict[type[models.Model], datamap.Table],
) -> None:
    del own_map[Member]
    shorter = days_after(30, "last_login", "30 days")
    declare(
        Member,
        what="You",
        about=member("pk"),
        why=ACCOUNT,
        keep=while_member(),
        held="full_name",
        last_login=Held(keep=shorter),
    )

    assert {column.name: column.keep for column in own_map[Member].columns} == {
        "full_name": while_member(),
        "last_login": shorter,
    }


def test_a_column_may_be_used_for_further_purposes_and_is_kept_for_the_first(
    own_map: dict[type[models.Model], datamap.Table],
) -> None:
    del own_map[Member]
    further = Use(Purpose("hobby", "Talking about stamps", Basis.CONSENT), days_after(30, "joined_at", "30 days"))
    declare(
        Member,
        what="You",
        about=member("pk"),
        why=ACCOUNT,
        keep=while_member(),
        held="full_name email",
        also={further: "email"},
    )

    name, email = own_map[Member].columns
    assert (name.also, email.also, email.why, email.keep) == ((), (further,), ACCOUNT, while_member())
    assert [email.serves(one) for one in (ACCOUNT, further.why, MAILING)] == [True, True, False]
    assert name.serves(further.why) is False
    assert datamap.purposes()["hobby"] is further.why


def test_whatever_people_are_asked_to_agree_to_stands_in_the_map() -> None:
    """Else neither policy nor record of processing would say what is done under a consent."""
    asked = {one.why for one in consents.purposes().values()}

    assert {one.key for one in asked} == {"marketing", "partners", "preferences"}
    assert asked <= set(datamap.purposes().values())


@pytest.mark.parametrize(
    ("purpose", "columns"),
    [
        (
            PARTNERS,
            {f"accounts.Member.{name}" for name in ("email", "full_name", "phone")} | {"directory.TeamMember.company"},
        ),
        (CONNECTING, {f"accounts.Member.{name}" for name in ("email", "full_name", "phone", "language")}),
        (
            MARKETING,
            {
                *(f"accounts.Member.{name}" for name in ("email", "full_name", "display_name", "phone", "language")),
                *(f"directory.Company.{name}" for name in ("legal_name", "country", "region", "city", "postal_code")),
                *("directory.Company.address", "directory.Company.fax", "directory.Company.business_types"),
                "directory.Company_industries.category",
                *(f"mailings.Subscriber.{name}" for name in ("key", "email", "language", "confirmed_at", "stopped_at")),
                *(f"mailings.SubscriptionWish.{name}" for name in ("email", "topics", "language", "gpc", "asked_at")),
            },
        ),
        (
            COMPANY_CONTACT,
            {f"directory.Company.{one}" for one in ("postal_code", "address", "phone", "fax", "website")},
        ),
        (INVITING, {"accounts.Invitation.email"}),
    ],
    ids=lambda one: getattr(one, "key", ""),
)
def test_a_purpose_uses_these_columns_and_no_others(purpose: Purpose, columns: set[str]) -> None:
    assert {name for name, column in datamap.columns().items() if column.serves(purpose)} == columns


LIBRARIES = [
    table for table in datamap.tables_about_people() if table.model.__module__.startswith(("django.", "allauth."))
]


@pytest.mark.parametrize("table", LIBRARIES, ids=lambda table: table.label)
def test_a_librarys_column_is_called_in_words_for_people(table: datamap.Table) -> None:
    """Libraries name their columns for programmers: “ip”, “data”, “object repr”."""
    assert [column.name for column in table.columns if column.name not in table.words] == []


def test_tables_of_libraries_are_among_those_that_hold_personal_data() -> None:
    assert {table.label for table in LIBRARIES} == {
        *("account.EmailAddress", "account.EmailConfirmation", "admin.LogEntry"),
        *("mfa.Authenticator", "sessions.Session", "usersessions.UserSession"),
    }


@pytest.mark.django_db
def test_rows_are_found_for_the_person_they_are_about_and_for_no_other() -> None:
    mine, other = MemberFactory(company=CompanyFactory()), MemberFactory(company=CompanyFactory())
    wrote = MessageFactory(author=mine)
    MessageFactory(author=other)
    table = datamap.tables()[Message]
    (about,) = table.abouts()

    assert list(table.rows_about(about, Person(mine.pk))) == [wrote]
    assert list(table.rows_about(about, Person(None, frozenset({mine.email})))) == []


@pytest.mark.django_db
def test_the_holder_of_a_mailbox_is_found_in_any_case_of_letters() -> None:
    """And somebody with neither account nor mailbox is found nowhere, rather than everywhere."""
    inviter = MemberFactory(company=CompanyFactory())
    table = next(table for table in datamap.tables_about_people() if table.label == "accounts.Invitation")
    row = table.model._default_manager.create(
        company=CompanyFactory(), email="Kofi@Example.com", role="editor", token_hash="x", invited_by=inviter,
        invited_at=inviter.joined_at, expires_at=inviter.joined_at,
    )  # fmt: skip
    invited, invited_by = table.abouts()

    assert list(table.rows_about(invited, Person(None, frozenset({"kofi@example.com"})))) == [row]
    assert list(table.rows_about(invited_by, Person(inviter.pk))) == [row]
    assert [
        table.label
        for table in datamap.tables_about_people()
        for about in table.abouts()
        if table.rows_about(about, Person(None)).exists()
    ] == []
    assert [column.name for column in table.columns_about(invited)] == ["email"]


def test_what_is_left_to_an_app_has_an_eraser_and_one_that_has_none_is_named() -> None:
    """Or leaving would pass it over without a word."""
    assert erasers_exist(None) == []

    (missing,) = without_eraser(datamap.tables(), erased_models() - {Lead} | {Member})

    assert (missing.id, "offerboard.Lead " in missing.msg) == ("privacy.E008", True)
