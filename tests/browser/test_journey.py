"""The market's main job, as people do it: sign up, confirm, post, be found, be asked, answer."""

import re

import pytest

from accounts.models import Member
from directory.models import Company
from mailings.models import Delivery
from offerboard.models import Lead
from tests.browser.conftest import Visitor, VisitorMaker
from tests.factories import PASSWORD, CategoryFactory, CompanyFactory, MemberFactory

COMPANY = "Đắk Hòa Agricultural Products"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policies")]


def newest_mail(to: str) -> Delivery:
    """What the outbox owes this address."""
    return Delivery.objects.filter(to=to).latest("queued_at")


def log_in(person: Visitor, email: str) -> None:
    """Through the log-in page."""
    person.open("/account/login/")
    person.page.get_by_label("E-mail").fill(email)
    person.page.get_by_label("Password", exact=True).fill(PASSWORD)
    person.page.locator("main").get_by_role("button", name="Log in", exact=True).click()
    person.check()


def sign_up(person: Visitor) -> None:
    """Fill in the one page and confirm the e-mail with the mailed link."""
    page = person.open("/account/signup/")
    page.get_by_label("E-mail").fill("amara@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Full name").fill("Amara Okonkwo")
    page.get_by_label("Company name").fill(COMPANY)
    page.get_by_label("Country", exact=True).select_option("VN")
    page.get_by_label("City").fill("Buôn Ma Thuột")
    page.get_by_label("Address", exact=True).fill("12 Lê Duẩn")
    page.get_by_label("Phone").fill("+84 262 381 2345")
    for declaration in ("I am 18 or older", "This information is accurate", re.compile("terms", re.IGNORECASE)):
        page.get_by_label(declaration).check()
    page.locator("main").get_by_role("button", name="Sign up", exact=True).click()
    person.check()
    assert Company.objects.get(legal_name=COMPANY).state == Company.State.DRAFT
    link = re.search(r"/account/confirm-email/\S+/", newest_mail("amara@example.com").text)
    assert link is not None
    person.open(link[0])
    page.locator("main").get_by_role("button").first.click()
    person.check()
    assert Company.objects.get(legal_name=COMPANY).state == Company.State.LISTED
    if not Member.objects.get(email="amara@example.com").last_login:
        log_in(person, "amara@example.com")


def post_a_lead(person: Visitor) -> Lead:
    """Fill in the form and publish."""
    page = person.open("/leads/new/")
    for label, words in (
        ("Title", "Robusta green coffee, grade 1, screen 18, wet polished"),
        ("Description", "Washed and polished Robusta from smallholders. Call me: +84 262 381 2345."),
        ("Quantity", "96"),
        ("Price", "4180"),
        ("Place", "Hồ Chí Minh City"),
    ):
        page.get_by_label(re.compile(rf"^{label}( \(optional\))?$")).fill(words)
    for label, code in (("Unit", "TNE"), ("Currency", "USD"), ("Incoterms", "FOB"), ("Country of origin", "VN")):
        page.get_by_label(re.compile(rf"^{label}\b( \(optional\))?$")).select_option(code)
    page.get_by_label("Category").select_option(label="Green coffee")
    person.press("Publish")
    return Lead.objects.get()


def test_from_sign_up_to_an_answered_inquiry(visit: VisitorMaker) -> None:
    """Seller signs up and posts; buyer finds, asks; seller answers; buyer reads."""
    CategoryFactory(name="Green coffee")
    buyer_company = CompanyFactory(legal_name="Savanna Spice Mills Ltd", country="KE", city="Nairobi")
    MemberFactory(email="buyer@example.com", password=PASSWORD, company=buyer_company)
    seller, buyer = visit(), visit(scheme="dark")

    sign_up(seller)
    lead = post_a_lead(seller)
    assert (lead.state, "381 2345" in lead.description) == (Lead.State.PUBLISHED, False)

    buyer.open("/")
    buyer.page.locator("main").get_by_role("searchbox").fill("robusta coffee")
    buyer.press("Search leads")
    buyer.page.get_by_role("link", name=re.compile("Robusta green coffee")).first.click()
    buyer.check()
    log_in(buyer, "buyer@example.com")
    buyer.open(f"/leads/{lead.slug}/inquire/")
    buyer.page.get_by_label("Message").fill("What is your best price for one container, CIF Mombasa?")
    buyer.page.locator("main").get_by_role("button", name="Send inquiry", exact=True).click()
    buyer.check()
    told = newest_mail("amara@example.com")
    assert ("Savanna Spice Mills" in told.subject + told.text, "buyer@example.com" in told.text) == (True, False)

    seller.open("/my/inquiries/")
    seller.page.get_by_text("What is your best price").locator("visible=true").first.click()
    seller.check()
    seller.page.get_by_label("Reply").fill("USD 4,310 a tonne, CIF Mombasa, valid until 5 December.")
    seller.press("Send")
    assert COMPANY in newest_mail("buyer@example.com").text

    buyer.open("/my/inquiries/")
    buyer.page.get_by_text("USD 4,310 a tonne").locator("visible=true").first.wait_for()
