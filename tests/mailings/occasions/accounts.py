"""Joining, logging in, and a company's team."""

from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone

from accounts.services.invitations import invite
from tests.accounts.people import log_in, sign_up_answers
from tests.factories import NOW, PASSWORD, CompanyFactory, MemberFactory
from tests.mailings.occasions.cast import READER, Cast, occasion
from tests.privacy.leaving import leave


def sign_up(cast: Cast) -> None:
    answers = sign_up_answers(email=READER, full_name=cast.name, company_name=cast.company)
    cast.browser().post(reverse("account_signup"), answers)


@occasion
def confirm_sign_up(cast: Cast) -> None:
    sign_up(cast)


@occasion
def account_exists(cast: Cast) -> None:
    cast.reader()
    sign_up(cast)


@occasion
def confirm_address(cast: Cast) -> None:
    member = cast.reader()
    EmailAddress.objects.filter(user=member).update(verified=False)
    log_in(cast.browser(), READER)


@occasion
def account_unknown(cast: Cast) -> None:
    cast.browser().post(reverse("account_reset_password"), {"email": READER})


@occasion
def password_reset(cast: Cast) -> None:
    cast.reader()
    cast.browser().post(reverse("account_reset_password"), {"email": READER})


@occasion
def account_notice(cast: Cast) -> None:
    browser, new = cast.browser(cast.reader()), "another horse battery staple"
    changed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    agent = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/148.0 Safari/537.36"}
    browser.post(reverse("account_change_password"), changed, headers=agent)


@occasion
def invitation(cast: Cast) -> None:
    company = CompanyFactory(legal_name=cast.company)
    inviter = MemberFactory(company=company, full_name=cast.name, language=cast.language)
    invite(company=company, inviter=inviter, email=READER, role="editor", now=timezone.now())


def owner_leaves(cast: Cast, *, is_heir: bool = False) -> None:
    member = cast.reader()
    company = CompanyFactory(legal_name=cast.company)
    owner = MemberFactory(company=company)
    company.team.create(member=member, role="editor", joined_at=NOW)
    leave(owner, successors={company.pk: member.pk} if is_heir else {})


@occasion
def company_closing(cast: Cast) -> None:
    owner_leaves(cast)


@occasion
def company_closed(cast: Cast) -> None:
    owner_leaves(cast)


@occasion
def company_handed_over(cast: Cast) -> None:
    owner_leaves(cast, is_heir=True)
