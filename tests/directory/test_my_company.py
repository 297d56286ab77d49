"""The page on which a company's team looks after its profile."""

import html
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from directory.models import Company
from tests.factories import CategoryFactory, CompanyFactory, MemberFactory, TopCategoryFactory

pytestmark = pytest.mark.django_db
URL = reverse("accounts:my_company")


def answers(**changes: Any) -> dict[str, Any]:
    """A complete profile as a browser sends it."""
    return {
        "part": "profile",
        "company_name": "Rijnpomp Revisie B.V.",
        "trade_name": "Rijnpomp",
        "description": "Pumps, overhauled.",
        "country": "NL",
        "region": "Zuid-Holland",
        "city": "Rotterdam",
        "postal_code": "3011 AB",
        "address": "Kade 5",
        "phone": "010 234 5678",
        "fax": "",
        "website": "rijnpomp.example",
        "business_types": ["manufacturer", "exporter"],
        "headcount_band": "11-50",
        "turnover_band": "1-5m",
        "year_established": "1987",
        "main_markets": ["DE", "BE"],
        "languages": ["nl", "en"],
        **changes,
    }


def picture(kind: str = "PNG") -> bytes:
    written = BytesIO()
    Image.new("RGB", (400, 100), "teal").save(written, kind)
    return written.getvalue()


def upload(data: bytes, name: str = "logo.png") -> dict[str, Any]:
    return {"part": "logo", "logo": SimpleUploadedFile(name, data, content_type="image/png")}


def member_of(client: Client, role: str = "owner", **company: Any) -> Company:
    """Somebody with this role is logged in; returns the company."""
    found = CompanyFactory(**company)
    client.force_login(MemberFactory(company=found, role=role))
    return found


def as_stored(company: Company) -> dict[str, Any]:
    """Every column, to see whether anything changed."""
    return dict(Company.objects.filter(pk=company.pk).values().get())


def errors(response: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = response.context["form"].errors
    return found


def ticked(response: Any, field: str) -> set[str]:
    """The values of the check boxes that come ticked."""
    boxes = re.findall(rf'<input type="checkbox" name="{field}" ([^>]*)>', response.content.decode())
    return {box.split('"')[1] for box in boxes if box.endswith("checked")}


@pytest.mark.parametrize("role", ["owner", "editor"])
def test_owners_and_editors_change_the_profile(client: Client, role: str) -> None:
    company = member_of(client, role)
    nuts = CategoryFactory(parent=TopCategoryFactory(name="Food"), name="Nuts")

    response = client.post(URL, answers(industries=[nuts.slug]), follow=True)

    assert response.redirect_chain == [(URL, 302)]
    assert "Your company’s profile is saved." in response.content.decode()
    company.refresh_from_db()
    assert (company.legal_name, company.phone.as_e164) == ("Rijnpomp Revisie B.V.", "+31102345678")
    assert (company.website, company.year_established) == ("https://rijnpomp.example", 1987)
    assert (company.main_markets, company.languages) == (["DE", "BE"], ["nl", "en"])
    assert (company.business_types, company.headcount_band) == (["manufacturer", "exporter"], "11-50")
    assert list(company.industries.all()) == [nuts]


def test_the_form_starts_with_what_is_there_and_saves_it_unchanged(client: Client) -> None:
    company = member_of(client)
    client.post(URL, answers())
    before = as_stored(company)
    form = client.get(URL).context["form"]

    typed = {name: form[name].value() for name in form.fields}
    client.post(URL, {"part": "profile", **{name: "" if value is None else value for name, value in typed.items()}})

    assert as_stored(company) == before


def test_a_viewer_reads_and_changes_nothing(client: Client) -> None:
    company = member_of(client, "viewer")
    before = as_stored(company)

    content = client.get(URL).content.decode()
    assert "You are a viewer" in content
    assert "+84 262 3812 345" in content
    assert 'name="company_name"' not in content
    for data in (answers(), upload(picture()), {"part": "remove_logo"}, {"part": "hide"}, {"part": "show"}):
        assert client.post(URL, data).status_code == 403
    assert as_stored(company) == before


def test_an_editor_neither_hides_nor_lists_the_company(client: Client) -> None:
    company = member_of(client, "editor")
    before = as_stored(company)

    assert 'value="hide"' not in client.get(URL).content.decode()
    assert client.post(URL, {"part": "hide"}).status_code == 403
    assert as_stored(company) == before


def test_a_member_of_another_company_changes_only_the_own_one(client: Client, media: Path) -> None:
    victim = CompanyFactory(legal_name="Somebody Else Ltd")
    before = as_stored(victim)
    mine = member_of(client)
    aimed = {"company": victim.pk, "id": victim.pk, "pk": victim.pk, "slug": victim.slug}

    client.post(URL, answers(**aimed))
    client.post(URL, {**upload(picture()), **aimed})
    client.post(URL, {"part": "hide", **aimed})

    assert as_stored(victim) == before
    assert as_stored(mine)["state"] == "hidden"


def test_fields_that_are_not_on_the_page_cannot_be_changed(client: Client) -> None:
    company = member_of(client, state="suspended", slug="as-it-was")

    others = {"state": "listed", "slug": "stolen", "suspended_from": "", "logo": "x.png", "created_at": "2020-01-01"}
    client.post(URL, answers(**others))

    stored = as_stored(company)
    assert stored["legal_name"] == "Rijnpomp Revisie B.V."
    assert (stored["state"], stored["slug"], stored["logo"]) == ("suspended", "as-it-was", "")
    assert stored["created_at"] == company.created_at


def test_visitors_log_in_first_and_members_without_a_company_make_one(client: Client) -> None:
    assert client.get(URL).headers["Location"].startswith("/account/login/")
    assert client.post(URL, answers()).headers["Location"].startswith("/account/login/")
    client.force_login(MemberFactory())

    assert client.get(URL).headers["Location"] == reverse("accounts:new_company")
    assert client.put(URL).status_code == 405


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("company_name", "", "This field is required."),
        ("company_name", "Call +84 262 381 2345", "Leave e-mail addresses and phone numbers out of this field."),
        ("company_name", "x" * 201, "Ensure this value has at most 200 characters (it has 201)."),
        ("description", "x" * 5001, "Ensure this value has at most 5000 characters (it has 5001)."),
        ("description", "nul \0 byte", "Null characters are not allowed."),
        ("country", "XX", "Select a valid choice. XX is not one of the available choices."),
        ("city", "", "This field is required."),
        ("phone", "12", "Start with + and the country code, such as +84 24 3825 4321."),
        ("fax", "call me", "Start with + and the country code, such as +84 24 3825 4321."),
        ("website", "javascript:alert(1)", "Write the address as https://example.com."),
        ("website", "ftp://rijnpomp.example", "Write the address as https://example.com."),
        ("website", "not a site", "Write the address as https://example.com."),
        ("year_established", "2027", "This year has not come yet."),
        ("year_established", "1066", "Ensure this value is greater than or equal to 1500."),
        ("year_established", "last year", "Enter a whole number."),
        ("headcount_band", "7", "Select a valid choice. 7 is not one of the available choices."),
        ("turnover_band", "lots", "Select a valid choice. lots is not one of the available choices."),
        ("business_types", ["spy"], "Select a valid choice. spy is not one of the available choices."),
        ("industries", ["no-such"], "Select a valid choice. no-such is not one of the available choices."),
        ("main_markets", ["XX"], "Select a valid choice. XX is not one of the available choices."),
        ("languages", ["tlh"], "Select a valid choice. tlh is not one of the available choices."),
    ],
)
def test_a_mistake_stands_beside_its_field_and_nothing_typed_is_lost(
    client: Client, field: str, typed: Any, message: str
) -> None:
    company = member_of(client)
    before = as_stored(company)

    response = client.post(URL, answers(**{field: typed}))

    assert response.status_code == 200
    assert errors(response) == {field: [message]}
    content = response.content.decode()
    assert f'id="id_{field}_error"' in content
    assert 'role="alert"' in content
    if field != "description":
        assert "Pumps, overhauled." in content
    if field != "city":
        assert 'value="Rotterdam"' in content
    assert as_stored(company) == before


@pytest.mark.parametrize(
    ("field", "most", "values"),
    [
        ("main_markets", 12, ["DE", "BE", "FR", "IT", "ES", "PL", "CZ", "AT", "CH", "DK", "SE", "NO", "FI"]),
        ("languages", 12, ["en", "zh", "es", "ar", "fr", "pt", "ru", "de", "vi", "nl", "it", "pl", "tr"]),
        ("business_types", 6, ["manufacturer", "grower", "cooperative", "mine", "exporter", "buyer", "agent"]),
    ],
)
def test_more_choices_than_allowed_are_refused_and_stay_ticked(
    client: Client, field: str, most: int, values: list[str]
) -> None:
    member_of(client)

    response = client.post(URL, answers(**{field: values}))

    assert f"Choose at most {most} " in errors(response)[field][0]
    assert ticked(response, field) == set(values)
    assert client.post(URL, answers(**{field: values[:most]})).status_code == 302


def test_a_company_names_six_industries_at_most(client: Client) -> None:
    company = member_of(client)
    slugs = [CategoryFactory().slug for _ in range(7)]

    assert errors(client.post(URL, answers(industries=slugs))) == {"industries": ["Choose at most 6 industries."]}
    assert company.industries.count() == 0
    client.post(URL, answers(industries=slugs[:6]))
    assert company.industries.count() == 6


def test_what_is_chosen_stands_first_and_the_rest_is_folded(client: Client) -> None:
    company = member_of(client)
    food = TopCategoryFactory(name="Food of ours")
    nuts, tea = CategoryFactory(parent=food, name="Nuts of ours"), CategoryFactory(parent=food, name="Tea of ours")
    company.industries.add(nuts)

    content = client.get(URL).content.decode()

    industries = content[content.index("Industries (optional)") :]
    assert industries.index("Nuts of ours") < industries.index("<details") < industries.index("Food of ours</summary>")
    assert content.index("Food of ours</summary>") < content.index("Food of ours: everything")
    assert content.index("Food of ours: everything") < content.index("Tea of ours")
    assert content.count(f'value="{nuts.slug}"') == 1
    assert content.count(f'value="{tea.slug}"') == 1


def test_contact_details_in_the_description_are_masked(client: Client) -> None:
    company = member_of(client)

    client.post(URL, answers(description="Write to sales@rijnpomp.example, or call +31 10 234 5678."))

    company.refresh_from_db()
    assert "rijnpomp.example" not in company.description
    assert "234" not in company.description


def test_a_logo_is_drawn_anew_and_shown(client: Client, media: Path) -> None:
    company = member_of(client)

    response = client.post(URL, upload(picture("JPEG"), name="../../evil.php"), follow=True)

    company.refresh_from_db()
    assert "Your logo is saved." in response.content.decode()
    assert f'src="/media/{company.logo.name}"' in response.content.decode()
    assert [path.name for path in media.rglob("*") if path.is_file()] == [Path(company.logo.name).name]
    with company.logo.open() as stored:
        image = Image.open(stored)
        assert (image.format, image.size) == ("PNG", (320, 320))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"quarterly report", "This file cannot be read as a picture. Choose a JPEG, PNG or WebP picture."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This file cannot be read as a picture."),
        (picture() + b"\0" * 10 * 1024 * 1024, "The picture is larger than 10 MB."),
        (b"", "The submitted file is empty."),
    ],
)
def test_a_fake_picture_is_refused_and_nothing_is_stored(
    client: Client, media: Path, data: bytes, message: str
) -> None:
    company = member_of(client, logo="logos/kept.webp")
    before = as_stored(company)

    response = client.post(URL, upload(data))

    assert response.status_code == 200
    assert response.context["logo_form"].errors["logo"][0].startswith(message)
    assert as_stored(company) == before
    assert list(media.rglob("*")) == []


def test_saving_no_logo_at_all_says_what_to_do(client: Client) -> None:
    member_of(client)

    assert client.post(URL, {"part": "logo"}).context["logo_form"].errors == {"logo": ["Choose a picture first."]}


def test_the_logo_can_be_taken_away(client: Client, media: Path) -> None:
    company = member_of(client)
    client.post(URL, upload(picture()))

    response = client.post(URL, {"part": "remove_logo"}, follow=True)

    company.refresh_from_db()
    assert not company.logo
    assert "Your logo is removed." in response.content.decode()


def test_an_owner_hides_the_company_and_lists_it_again(client: Client) -> None:
    company = member_of(client)
    visitor = Client()

    response = client.post(URL, {"part": "hide"}, follow=True)
    assert "Your company is hidden." in response.content.decode()
    assert "List the company again" in response.content.decode()
    assert visitor.get(company.get_absolute_url()).status_code == 404

    response = client.post(URL, {"part": "show"}, follow=True)
    assert "Your company is listed again." in response.content.decode()
    assert visitor.get(company.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("state", ["draft", "suspended"])
def test_an_owner_cannot_list_what_is_not_hidden(client: Client, state: str) -> None:
    company = member_of(client, state=state)
    assert 'value="show"' not in client.get(URL).content.decode()

    response = client.post(URL, {"part": "show"}, follow=True)

    assert "Only a hidden company can be listed again." in response.content.decode()
    company.refresh_from_db()
    assert company.state == state


def test_the_second_of_two_clicks_is_told_so(client: Client) -> None:
    member_of(client)
    client.post(URL, {"part": "hide"})

    assert "nothing to hide" in client.post(URL, {"part": "hide"}, follow=True).content.decode()


def test_the_page_costs_ten_questions_at_most(client: Client, django_assert_max_num_queries: Any) -> None:
    company = member_of(client)
    company.industries.add(*[CategoryFactory() for _ in range(6)])
    client.get(URL)

    with django_assert_max_num_queries(10):
        client.get(URL)


def test_saving_the_logo_saves_what_was_typed_beside_it(client: Client, media: Path) -> None:
    """Both buttons belong to one form."""
    company = member_of(client)

    client.post(URL, {**answers(), **upload(picture())})

    company.refresh_from_db()
    assert (company.legal_name, bool(company.logo)) == (answers()["company_name"], True)


def test_a_good_logo_is_kept_when_the_profile_has_a_mistake(client: Client, media: Path) -> None:
    """And the profile comes back as it was typed, unsaved."""
    company = member_of(client)
    before = company.legal_name

    response = client.post(URL, {**answers(), "company_name": "", "city": "Da Lat", **upload(picture())})

    company.refresh_from_db()
    assert (company.legal_name, bool(company.logo)) == (before, True)
    assert response.context["form"]["city"].value() == "Da Lat"


def test_the_way_to_the_own_website_passes_the_page_that_names_the_host(client: Client) -> None:
    """No page of ours links straight to another site."""
    member_of(client, website="https://www.dakhoa.example/about")

    page = client.get(URL).text
    link = re.search(r'href="(/leaving/[^"]+)"', page)

    assert link is not None
    assert 'href="https://www.dakhoa.example' not in page
    assert "www.dakhoa.example" in client.get(html.unescape(link[1])).text
