"""The groups of staff, and the first administrator."""

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command

from accounts.models import Member
from marketplace import groups
from tests.factories import PASSWORD, MemberFactory
from tests.staff import at_work

pytestmark = pytest.mark.django_db


# --- groups ----------------------------------------------------------------------------------------------------------


def test_the_groups_are_made_as_written_however_often() -> None:
    """What somebody added by hand is taken away again; another group is left alone."""
    Group.objects.create(name="friends")
    groups.sync_groups()
    Group.objects.get(name="communications").permissions.add(Permission.objects.get(codename="delete_member"))

    call_command("sync_groups", stdout=StringIO())

    assert set(Group.objects.values_list("name", flat=True)) == {
        *("moderator", "communications", "privacy officer", "administrator", "friends")
    }
    codes = Group.objects.get(name="communications").permissions.values_list("content_type__app_label", "codename")
    assert sorted(f"{app}.{code}" for app, code in codes) == sorted(groups.GROUPS["communications"])


def test_a_permission_that_nobody_knows_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing error must not quietly take a right away."""
    monkeypatch.setitem(groups.GROUPS, "moderator", ["offerboard.view_leed"])

    with pytest.raises(groups.UnknownPermission):
        groups.sync_groups()

    assert not Group.objects.filter(name="moderator", permissions__isnull=False).exists()


def test_what_the_command_was_not_told_it_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the README shows it; the password is typed twice."""
    answers = iter(["root@example.com", "Ruth Root"])
    monkeypatch.delenv("ADMIN_PASSWORD", raising=False)
    monkeypatch.setattr("builtins.input", lambda question: next(answers))
    monkeypatch.setattr("getpass.getpass", lambda question: PASSWORD)

    call_command("create_admin", stdout=StringIO())

    root = Member.objects.get()
    assert (root.email, root.full_name, root.check_password(PASSWORD)) == ("root@example.com", "Ruth Root", True)


def test_the_first_administrator_can_log_in_and_hears_what_comes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """The e-mail counts as confirmed; a second factor comes next."""
    monkeypatch.setenv("ADMIN_PASSWORD", PASSWORD)
    said = StringIO()

    call_command("create_admin", "Root@Example.com", "Ruth Root", stdout=said)

    root = Member.objects.get()
    assert (root.email, root.full_name, root.is_staff, root.is_superuser) == (
        "root@example.com",
        "Ruth Root",
        True,
        True,
    )
    assert EmailAddress.objects.get(user=root).verified
    assert root.check_password(PASSWORD)
    assert "second factor" in said.getvalue()
    assert PASSWORD not in said.getvalue()
    assert at_work(root).get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("email", "password", "words"),
    [
        ("root@example.com", "short", "too short"),
        ("root@example.com", "password1234", "too common"),
        ("root@example.com", "84751930265", "entirely numeric"),
        ("root@example.com", "root@example.com", "too similar"),
        ("not-an-address", PASSWORD, "is not an e-mail address"),
        ("taken@example.com", PASSWORD, "has an account already"),
    ],
)
def test_who_cannot_be_administrator_is_told_why(
    monkeypatch: pytest.MonkeyPatch, email: str, password: str, words: str
) -> None:
    """And nothing is half made."""
    MemberFactory(email="taken@example.com")
    monkeypatch.setenv("ADMIN_PASSWORD", password)

    with pytest.raises(CommandError, match=words):
        call_command("create_admin", email, "Ruth Root")

    assert (Member.objects.count(), Member.objects.filter(is_staff=True).count()) == (1, 0)
