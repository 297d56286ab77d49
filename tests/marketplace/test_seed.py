"""The invented market: believable, the same each time, and never among real companies."""

import json
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from allauth.account.models import EmailAddress
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db.models import F

from accounts.models import Member
from directory import hs
from directory.categories import LEAVES
from directory.models import Category, Company, TeamMember, Verification
from mailings.audiences import Filters
from mailings.models import Campaign, CampaignText, Delivery, DomainBudget, Subscriber, SubscriptionWish
from mailings.selectors.counting import count_readers
from mailings.services.campaigns import OwnWords, add_campaign, approve_campaign, examine_words
from marketplace.demo import OPERATOR
from marketplace.seed.catalogue import all_firms
from marketplace.seed.drawings import PALETTES_OF, motifs
from marketplace.seed.market import Size, seed_market
from marketplace.seed.pairings import scripts
from marketplace.seed.people import DEMO_EMAILS
from moderation.models import Report, Ticket
from offerboard.codes import CURRENCIES, UNITS, Incoterm, PaymentTerms
from offerboard.models import Inquiry, Lead, LeadPicture, Message
from privacy.masking import holds_contacts
from tests.factories import NOW, CompanyFactory

PASSWORDS = dict.fromkeys(DEMO_EMAILS, "an-invented-pass-word")
SMALL = Size(companies=6, leads=24)


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> Path:
    """Files of the market and its passwords, for one test."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.LOCAL_STATE = tmp_path
    settings.DEMO = True
    return tmp_path


def seed(size: Size = SMALL, number: int = 1) -> None:
    seed_market(size=size, seed=number, passwords=PASSWORDS, now=NOW)


def picture_of_the_market() -> dict[str, list[tuple[Any, ...]]]:
    """What readers would see, without the keys that the database gives."""
    return {
        "companies": sorted(Company.objects.values_list("slug", "legal_name", "phone", "logo", "created_at")),
        "claims": sorted(Verification.objects.values_list("company__slug", "claim", "method", "checked_at")),
        "people": sorted(TeamMember.objects.values_list("company__slug", "member__email", "role", "joined_at")),
        "leads": sorted(Lead.objects.values_list("slug", "state", "description", "place", "created_at", "submission")),
        "pictures": sorted(LeadPicture.objects.values_list("lead__slug", "position", "image", "thumbnail")),
        "threads": sorted(Inquiry.objects.values_list("id", "subject", "sender__slug", "last_message_at")),
        "messages": sorted(Message.objects.values_list("submission", "text", "author__email", "sent_at")),
        "reports": sorted(Report.objects.values_list("target_id", "text")),
    }


def empty_the_market() -> None:
    to_many = (Delivery, Campaign, Subscriber, SubscriptionWish, DomainBudget)
    for model in (*to_many, Report, Ticket, Inquiry, Lead, Company, Member):
        model.objects.all().delete()


@pytest.mark.django_db
def test_the_same_number_gives_the_same_market() -> None:
    seed()
    first = picture_of_the_market()
    empty_the_market()

    seed()

    assert picture_of_the_market() == first


@pytest.mark.django_db
def test_another_number_gives_another_market() -> None:
    seed()
    first = picture_of_the_market()
    empty_the_market()

    seed(number=2)

    assert picture_of_the_market() != first


@pytest.mark.django_db
def test_a_second_run_changes_nothing() -> None:
    call_command("seed", companies=4, leads=10, stdout=StringIO())
    before = picture_of_the_market(), Member.objects.get(email="seller@example.com").password

    call_command("seed", companies=8, leads=20, stdout=(said := StringIO()))

    assert (picture_of_the_market(), Member.objects.get(email="seller@example.com").password) == before
    assert said.getvalue() == "The market is filled already.\n"


@pytest.mark.django_db
def test_it_refuses_to_mix_with_real_companies(settings: Any) -> None:
    settings.DEMO = False
    CompanyFactory()

    with pytest.raises(CommandError, match="among real ones"):
        call_command("seed")

    assert (Company.objects.count(), Member.objects.count(), Lead.objects.count()) == (1, 0, 0)


@pytest.mark.django_db
def test_people_can_log_in_with_what_the_file_says(client: Any, place: Path) -> None:
    call_command("seed", companies=2, leads=4, stdout=StringIO())
    file = place / "demo.json"
    accounts = json.loads(file.read_text())

    assert file.stat().st_mode & 0o777 == 0o600
    assert {role: account["email"] for role, account in accounts.items()} == DEMO_EMAILS
    assert [role for role, account in accounts.items() if not client.login(**account)] == []


@pytest.mark.django_db
def test_a_lost_file_is_written_anew_with_passwords_that_work(client: Any, place: Path) -> None:
    call_command("seed", companies=2, leads=4, stdout=StringIO())
    old = json.loads((place / "demo.json").read_text())
    (place / "demo.json").unlink()

    call_command("seed", stdout=StringIO())

    assert client.login(**json.loads((place / "demo.json").read_text())["seller"])
    assert not client.login(**old["seller"])


@pytest.mark.django_db
def test_a_role_that_could_not_log_in_before_can_now_and_the_others_keep_their_passwords(
    client: Any, place: Path
) -> None:
    call_command("seed", companies=2, leads=4, stdout=StringIO())
    file = place / "demo.json"
    old = json.loads(file.read_text())
    file.write_text(json.dumps({role: account for role, account in old.items() if role != "editor"}))
    Member.objects.filter(email="editor@example.com").update(password="!")

    call_command("seed", stdout=StringIO())

    accounts = json.loads(file.read_text())
    assert [role for role, account in accounts.items() if not client.login(**account)] == []
    assert [role for role in DEMO_EMAILS if accounts[role] == old[role]] == ["seller", "buyer", "moderator", "writer"]


@pytest.mark.django_db
def test_what_one_of_the_two_who_write_announces_the_other_can_release() -> None:
    """With the rights that their group gives them."""
    seed(Size(companies=2, leads=4))
    call_command("sync_groups", stdout=StringIO())
    writer, editor = (Member.objects.get(email=DEMO_EMAILS[role]) for role in ("writer", "editor"))
    campaign = Campaign(kind="announcement", title="Hours", reason="service", default_language="en")
    add_campaign(campaign=campaign, writer=writer, now=NOW)
    CampaignText.objects.create(campaign=campaign, language="en", subject="Hours", body="We are closed on Sunday.")

    assert [one.has_perm("mailings.approve_campaign") for one in (writer, editor)] == [True, True]
    with pytest.raises(OwnWords):
        approve_campaign(campaign=campaign, approver=writer, starts_at=NOW, now=NOW)
    approve_campaign(campaign=campaign, approver=editor, starts_at=NOW, now=NOW)


@pytest.mark.django_db
def test_the_demo_s_people_have_something_to_do() -> None:
    seed(Size(companies=12, leads=60))
    seller, buyer, moderator, writer, editor = (Member.objects.get(email=email) for email in DEMO_EMAILS.values())
    shop, importer = (TeamMember.objects.get(member=member).company for member in (seller, buyer))

    assert {"published", "paused", "draft", "closed"} <= set(shop.leads.values_list("state", flat=True))
    assert shop.inquiries_received.exclude(read_marks__member=seller).exists()
    assert importer.inquiries_sent.exists()
    assert [list(one.groups.values_list("name", flat=True)) for one in (moderator, writer, editor)] == [
        ["moderator"],
        ["communications"],
        ["communications"],
    ]
    assert {(one.is_staff, one.is_superuser) for one in (moderator, writer, editor)} == {(True, False)}
    assert Report.objects.exists()
    assert Ticket.objects.filter(state=Ticket.State.OPEN).exists()


@pytest.mark.django_db
def test_mails_to_many_show_each_page_something(settings: Any) -> None:
    """One is over, and its figures are those of its mails; one waits, and may be released."""
    settings.OPERATOR = {
        **settings.OPERATOR,
        "name": OPERATOR["OPERATOR_NAME"],
        "address": OPERATOR["OPERATOR_ADDRESS"],
    }
    seed(Size(companies=25, leads=24))
    done, draft = (Campaign.objects.get(state=state) for state in ("done", "draft"))
    ends = Counter(done.deliveries.values_list("state", flat=True))

    assert (done.kind, done.audience, done.sent) == ("announcement", Member.objects.count(), ends["sent"])
    assert (done.bounced, done.uncertain) == (ends["bounced"], ends["uncertain"]) == (2, 1)
    assert sorted(draft.texts.values_list("language", flat=True)) == ["ar", "en"]
    for campaign in (done, draft):
        examine_words(campaign=campaign, texts=campaign.texts.all())
    assert count_readers(filters=Filters(), kind=draft.kind, topic=draft.topic, at=NOW)
    assert (Subscriber.objects.count(), SubscriptionWish.objects.count(), DomainBudget.objects.count()) == (4, 1, 1)
    assert Delivery.objects.stuck(at=NOW).exists()

    approve_campaign(campaign=draft, approver=Member.objects.get(email="writer@example.com"), starts_at=NOW, now=NOW)


@pytest.mark.django_db
def test_everyone_is_invented_and_confirmed() -> None:
    seed()
    addresses = EmailAddress.objects.values_list("email", "verified", "primary")

    assert sorted(email for email, _, _ in addresses) == sorted(Member.objects.values_list("email", flat=True))
    assert [email for email, verified, primary in addresses if not (verified and primary)] == []
    assert [email for email, _, _ in addresses if not email.endswith(("@example.com", ".example.com"))] == []


@pytest.mark.django_db
def test_nobody_but_the_demo_s_people_can_log_in() -> None:
    seed()

    assert {member.email for member in Member.objects.all() if member.has_usable_password()} == set(
        DEMO_EMAILS.values()
    )


@pytest.mark.django_db
def test_every_row_would_pass_its_own_form() -> None:
    seed()

    kinds = [list(model.objects.all()) for model in (Company, Lead, LeadPicture, Message)]

    assert all(kinds)
    for row in [row for rows in kinds for row in rows]:
        row.full_clean()


@pytest.mark.django_db
def test_most_leads_are_public_and_none_is_older_than_two_months() -> None:
    seed(Size(companies=20, leads=90))
    posted = [at for at in Lead.objects.values_list("posted_at", flat=True) if at]

    assert 0.7 < Lead.objects.public(at=NOW).count() / 90 < 0.97
    assert max(posted) <= NOW
    assert (NOW - min(posted)).days <= 60


@pytest.mark.django_db
def test_no_message_is_written_before_its_lead_or_after_now() -> None:
    seed(Size(companies=12, leads=60))
    messages = Message.objects.all()

    assert messages.exists()
    assert list(messages.filter(sent_at__gt=NOW)) == []
    assert list(messages.filter(sent_at__lt=F("inquiry__lead__posted_at"))) == []


@pytest.mark.django_db
def test_every_picture_is_a_file_of_its_own() -> None:
    seed()
    names = [name for row in LeadPicture.objects.values_list("image", "thumbnail") for name in row]

    assert len(set(names)) == len(names) > 0
    assert [name for name in names if not default_storage.exists(name)] == []


@pytest.mark.django_db
def test_leads_past_the_last_lot_come_again_under_addresses_of_their_own() -> None:
    lots = sum(len(line.lots) for firm in all_firms() if firm.key in ("eamay", "nordkai") for line in firm.lines)

    seed(Size(companies=2, leads=lots + 5))

    assert Lead.objects.count() == lots + 5
    assert Lead.objects.values("title").distinct().count() == lots


def test_60_companies_of_25_countries_have_400_lots() -> None:
    firms = all_firms()

    assert len({firm.key for firm in firms}) == len({firm.name for firm in firms}) == 60
    assert len({firm.country for firm in firms}) == 25
    assert sum(len(line.lots) for firm in firms for line in firm.lines) >= 400


def test_a_company_s_telephone_is_of_its_country() -> None:
    assert [
        firm.key
        for firm in all_firms()
        for number in [phonenumbers.parse(firm.phone)]
        if not phonenumbers.is_valid_number(number) or phonenumbers.region_code_for_number(number) != firm.country
    ] == []


def test_every_line_speaks_in_known_codes() -> None:
    lines = [line for firm in all_firms() for line in firm.lines]

    assert {line.category for line in lines} <= set(LEAVES)
    assert {line.unit for line in lines} <= set(UNITS)
    assert {line.currency for line in lines} <= set(CURRENCIES)
    assert {rule for line in lines for rule in line.rules} <= set(Incoterm.values)
    assert {terms for line in lines for terms in line.payments} <= set(PaymentTerms.values)


def test_every_line_s_hs_code_belongs_to_its_category() -> None:
    assert [
        (firm.key, line.hs, line.category)
        for firm in all_firms()
        for line in firm.lines
        if line.hs and not hs.normalise(line.hs).startswith(LEAVES[line.category].hs)
    ] == []


def test_titles_fit_and_texts_hold_no_contact_details() -> None:
    for firm in all_firms():
        assert not holds_contacts(firm.about)
        for line in firm.lines:
            titles = [line.title.format(lot.words, crop="2026/27", year="2026") for lot in line.lots]
            assert [title for title in titles if len(title) > 140 or holds_contacts(title)] == []
            assert not holds_contacts(line.text)


def test_everything_that_is_shown_has_been_drawn_and_has_colours() -> None:
    shown = {line.picture for firm in all_firms() for line in firm.lines}

    assert shown <= set(motifs())
    assert set(motifs()) == set(PALETTES_OF)


def test_conversations_have_one_to_five_turns() -> None:
    assert {len(script.turns) for script in scripts()} <= {1, 2, 3, 4, 5}


@pytest.mark.django_db
def test_every_category_of_the_invented_goods_is_in_the_table() -> None:
    used = {line.category for firm in all_firms() for line in firm.lines}

    assert used <= set(Category.objects.leaves().values_list("slug", flat=True))
