"""Staff set up a partner's page: of categories that exist, with a logo that we encoded ourselves."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from directory.models import Category
from partners.models import PartnerPage
from tests.factories import NOW, CategoryFactory, LeadFactory, PartnerFactory, PartnerPageFactory, TopCategoryFactory
from tests.staff import at_work, changelist, make_staff

pytestmark = pytest.mark.django_db
ADD = "/admin/partners/partnerpage/add/"


@pytest.fixture(autouse=True)
def _here(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def communications() -> Client:
    return at_work(make_staff("communications"))


@pytest.fixture
def tea() -> Category:
    found: Category = CategoryFactory(
        slug="tea-9", name="Tea", parent=TopCategoryFactory(slug="drinks-9", name="Drinks")
    )
    return found


def picture(width: int, height: int, *, mode: str = "RGBA") -> SimpleUploadedFile:
    """A picture with something in it that must not be kept."""
    written = BytesIO()
    Image.new(mode, (width, height)).save(written, "PNG")
    return SimpleUploadedFile("secret-name.png", written.getvalue() + b"<script>alert(1)</script>", "image/png")


def change_address(page: PartnerPage) -> str:
    return reverse("admin:partners_partnerpage_change", args=[page.pk])


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return dict(response.context["adminform"].form.errors)


def test_a_page_that_staff_switch_on_is_open_at_once(communications: Client, tea: Category) -> None:
    partner = PartnerFactory(slug="agri-list")
    LeadFactory(category=tea, title="Sencha")
    sent = {
        "partner": partner.pk,
        "is_on": "on",
        "title": "For tea shops",
        "categories": ["tea-9"],
        "kind": "sell_offer",
    }

    answer = communications.post(ADD, {**sent, "countries": ["VN"], "logo": picture(1200, 200)})

    page = PartnerPage.objects.get()
    shown = Client().get("/p/agri-list/")
    assert answer.status_code == 302
    assert (page.categories, page.kind, page.countries) == (["tea-9"], "sell_offer", ["VN"])
    assert [card.title for card in shown.context["page"].cards] == ["Sencha"]
    assert (page.logo_width, page.logo_height) == (640, 107)
    assert f'src="{page.logo.url}" width="640" height="107"' in shown.text


def test_a_logo_is_encoded_anew_and_loses_its_name(communications: Client, tea: Category, tmp_path: Path) -> None:
    sent = {"partner": PartnerFactory().pk, "title": "For tea shops", "categories": ["tea-9"]}

    communications.post(ADD, {**sent, "logo": picture(300, 100)})

    (file,) = files(tmp_path)
    assert (file.parent.name, "secret" in file.name, b"script" in file.read_bytes()) == ("logos", False, False)


def test_of_two_logos_the_later_one_stays_and_a_cleared_one_goes(
    communications: Client, tea: Category, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    page = PartnerPageFactory(categories=["tea-9"])
    sent, seen = {"title": page.title, "categories": ["tea-9"]}, []
    for logo in ({"logo": picture(300, 100)}, {"logo": picture(100, 100)}, {}, {"logo-clear": "on"}):
        with django_capture_on_commit_callbacks(execute=True):
            assert communications.post(change_address(page), {**sent, **logo}).status_code == 302
        page.refresh_from_db()
        seen.append(([str(file.relative_to(tmp_path)) for file in files(tmp_path)], page.logo_width))
    names = [name for name, _width in seen]

    assert [width for _name, width in seen] == [300, 100, 100, None]
    assert ([len(name) for name in names], names[0] != names[1] == names[2]) == ([1, 1, 1, 0], True)
    assert page.logo.name == ""


@pytest.mark.parametrize(
    ("field", "changed", "message"),
    [
        ("categories", {"categories": ["no-such-category"]}, "no-such-category is not one of the available choices"),
        ("categories", {"categories": []}, "This field is required."),
        ("categories", {"categories": ["tea-9", "drinks-9"]}, "“Tea” is a part of “Drinks”: choose one of the two."),
        ("kind", {"kind": "auction"}, "auction is not one of the available choices"),
        ("countries", {"countries": ["XX"]}, "XX is not one of the available choices"),
        ("logo", {"logo": SimpleUploadedFile("x.svg", b"<svg onload='alert(1)'/>")}, "cannot be read as a picture"),
        ("privacy_url", {"privacy_url": "javascript:alert(1)"}, "Enter a valid URL."),
    ],
)
def test_what_cannot_be_shown_is_not_saved(
    communications: Client, tea: Category, tmp_path: Path, field: str, changed: dict[str, Any], message: str
) -> None:
    page = PartnerPageFactory(categories=["tea-9"])
    before = PartnerPage.objects.values().get()

    found = errors(communications.post(change_address(page), {"title": "New", "categories": ["tea-9"], **changed}))

    assert list(found) == [field]
    assert message in found[field][0]
    assert (PartnerPage.objects.values().get(), files(tmp_path)) == (before, [])


def test_a_partner_has_one_page_and_a_page_stays_its_partners(communications: Client, tea: Category) -> None:
    page, other = PartnerPageFactory(categories=["tea-9"]), PartnerFactory()
    sent = {"title": "Second", "categories": ["tea-9"]}

    second = errors(communications.post(ADD, {**sent, "partner": page.partner_id}))
    moved = communications.post(change_address(page), {**sent, "partner": other.pk})

    assert list(second) == ["partner"]
    assert (moved.status_code, [one.partner for one in PartnerPage.objects.all()]) == (302, [page.partner])


def test_a_category_that_is_gone_is_dropped_by_saving_anew(communications: Client, tea: Category) -> None:
    page = PartnerPageFactory(categories=["tea-9", "gone"])

    form = communications.get(change_address(page)).text
    communications.post(change_address(page), {"title": page.title, "categories": ["tea-9"]})

    page.refresh_from_db()
    assert '<option value="tea-9" selected>Drinks › Tea</option>' in form
    assert page.categories == ["tea-9"]


def test_nobody_deletes_a_page(tea: Category) -> None:
    """Its partner links to it; it is switched off, and on again."""
    page = PartnerPageFactory(categories=["tea-9"])
    client = at_work(make_staff("administrator"))

    answer = client.post(reverse("admin:partners_partnerpage_delete", args=[page.pk]), {"post": "yes"})

    assert (answer.status_code, list(PartnerPage.objects.all())) == (403, [page])


def test_moderators_have_no_business_here(tea: Category) -> None:
    page = PartnerPageFactory(categories=["tea-9"])
    before = PartnerPage.objects.values().get()
    client = at_work(make_staff("moderator"))

    answers = [
        client.get(place).status_code for place in (changelist("partners_partnerpage"), ADD, change_address(page))
    ]
    answers.append(client.post(change_address(page), {"title": "x", "categories": ["tea-9"]}).status_code)

    assert (answers, PartnerPage.objects.values().get()) == ([403] * 4, before)


def test_the_list_asks_no_more_for_more_pages(communications: Client, django_assert_max_num_queries: Any) -> None:
    PartnerPageFactory.create_batch(12)

    with django_assert_max_num_queries(12):
        assert communications.get(changelist("partners_partnerpage")).status_code == 200
