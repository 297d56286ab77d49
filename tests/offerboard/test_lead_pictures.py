"""Pictures on a lead: drawn anew, kept when the form is wrong, at most eight, gone with their files."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from PIL import Image

from directory.models import TeamMember
from offerboard.models import Lead, LeadPicture
from offerboard.services.lead_states import discard_draft
from offerboard.services.pictures import change_pictures, read_uploads
from tests.factories import NOW, CompanyFactory, LeadFactory, MemberFactory
from tests.offerboard.posting import filled, picture

pytestmark = pytest.mark.django_db
NEW = "/leads/new/"
COLOURS = ["red", "green", "blue", "white", "black", "brown", "orange", "purple", "pink", "gray"]


@pytest.fixture(autouse=True)
def today(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(MemberFactory(company=CompanyFactory(), role=TeamMember.Role.EDITOR))
    return client


def editor_of(lead: Lead) -> Client:
    client = Client()
    client.force_login(MemberFactory(company=lead.company))
    return client


def files() -> list[str]:
    root = Path(django_settings.MEDIA_ROOT)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def put(lead: Lead, *colours: str) -> list[LeadPicture]:
    good, _refused = read_uploads([picture(f"{colour}.jpg", colour=colour) for colour in colours])
    change_pictures(lead=lead, added=good, removed=[], now=NOW)
    return list(lead.pictures.all())


def edit(lead: Lead, **changes: Any) -> Any:
    data = filled(lead.category, **{"action": "save", "submission": None} | changes)
    return editor_of(lead).post(reverse("offerboard:edit", args=[lead.slug]), data)


def test_pictures_come_with_the_lead_in_their_order(browser: Client) -> None:
    browser.post(NEW, filled(pictures=[picture("a.jpg", colour="red"), picture("b.jpg", colour="blue")]))

    lead = Lead.objects.public(at=NOW).get()
    first, second = lead.pictures.all()
    assert [(first.position, second.position), (first.width, first.height)] == [(0, 1), (640, 480)]
    with Image.open(first.image) as full, Image.open(first.thumbnail) as small:
        assert (full.format, full.size, small.size) == ("WEBP", (640, 480), (320, 320))
        red, _green, blue = full.convert("RGB").getpixel((9, 9))  # type: ignore[misc]
    assert red > 200 > blue
    assert files() == sorted(str(field) for one in (first, second) for field in (one.image, one.thumbnail))


def test_good_pictures_stay_when_the_form_is_wrong(browser: Client) -> None:
    """A browser cannot send chosen files a second time, so they are kept at once."""
    response = browser.post(NEW, filled(category="", price="4,18O", pictures=[picture()]))

    draft = Lead.objects.get()
    assert (draft.state, draft.category, draft.pictures.count(), len(files())) == ("draft", None, 1, 2)
    assert response.context["kept"].startswith("Saved as a draft, with 1 picture.")
    assert draft.pictures.get().thumbnail.url in response.content.decode()


def test_the_same_files_sent_again_are_not_added_again(browser: Client) -> None:
    data = filled(price="4,18O")
    response = browser.post(NEW, data | {"pictures": [picture(), picture("again.jpg")]})

    browser.post(response.context["action"], data | {"price": "4180", "pictures": [picture("other name.jpg")]})

    lead = Lead.objects.public(at=NOW).get()
    assert (lead.pictures.count(), len(files())) == (1, 2)


def test_the_database_holds_a_picture_once_on_a_lead() -> None:
    lead = LeadFactory()
    [first] = put(lead, "red")

    with pytest.raises(IntegrityError):
        LeadPicture.objects.create(
            lead=lead, image="leads/x.webp", thumbnail="leads/y.webp", width=1, height=1, digest=first.digest
        )


UNREADABLE = "This file cannot be read as a picture. Choose a JPEG, PNG or WebP picture."
TOO_LARGE = "The picture is larger than 10 MB. Save it smaller and choose it again."


def svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def polyglot() -> bytes:
    """A real GIF that is a script, too."""
    content = BytesIO()
    Image.new("RGB", (3, 3)).save(content, "GIF")
    return content.getvalue() + b"<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("script.svg", svg(), UNREADABLE),
        ("not.jpg", b"<html>hello</html>", UNREADABLE),
        ("half.jpg", picture().read()[:400], UNREADABLE),
        ("big.jpg", b"\xff\xd8" + b"0" * 10 * 1024 * 1024, TOO_LARGE),
    ],
)
def test_a_file_that_is_no_picture_is_named_and_the_others_stay(
    browser: Client, name: str, content: bytes, problem: str
) -> None:
    bad = SimpleUploadedFile(name, content, content_type="image/jpeg")

    response = browser.post(NEW, filled(pictures=[picture("good.jpg"), bad]))

    assert dict(response.context["form"].errors) == {"pictures": [f"“{name}”: {problem}"]}
    draft = Lead.objects.get()
    assert (draft.state, draft.pictures.count(), len(files())) == ("draft", 1, 2)


def test_what_hides_in_a_picture_stays_behind(browser: Client) -> None:
    photo = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "12 Lê Duẩn, +84 262 381 2345"
    Image.new("RGB", (60, 40), "brown").save(photo, "JPEG", exif=exif)
    hostile = [
        SimpleUploadedFile("../../evil.jpg", photo.getvalue()),
        SimpleUploadedFile("script.gif", polyglot()),
    ]

    browser.post(NEW, filled(pictures=hostile))

    root = Path(django_settings.MEDIA_ROOT)
    stored = b"".join((root / name).read_bytes() for name in files())
    assert [word in stored for word in (b"Exif", b"381", b"script")] == [False, False, False]
    assert [name.startswith("leads/") and name.endswith(".webp") for name in files()] == [True] * 4
    assert "evil" not in "".join(files())


def test_a_ninth_picture_is_left_out_by_name(browser: Client) -> None:
    nine = [picture(f"{colour}.jpg", colour=colour) for colour in COLOURS[:9]]

    response = browser.post(NEW, filled(pictures=nine))

    assert dict(response.context["form"].errors) == {
        "pictures": ["A lead has room for 8 pictures. This one was left out: pink.jpg."]
    }
    assert (LeadPicture.objects.count(), Lead.objects.get().state) == (8, "draft")


def test_room_is_counted_with_what_is_there_and_what_goes() -> None:
    lead = LeadFactory(state="draft")
    old = put(lead, *COLOURS[:8])

    response = edit(
        lead,
        action="draft",
        remove_pictures=[str(old[0].pk)],
        pictures=[picture("pink.jpg", colour="pink"), picture("gray.jpg", colour="gray")],
    )

    assert dict(response.context["form"].errors) == {
        "pictures": ["A lead has room for 8 pictures. This one was left out: gray.jpg."]
    }
    assert [one.position for one in lead.pictures.all()] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_removed_picture_takes_its_files_along(django_capture_on_commit_callbacks: Any) -> None:
    lead = LeadFactory()
    red, blue = put(lead, "red", "blue")

    with django_capture_on_commit_callbacks(execute=True):
        edit(lead, remove_pictures=[str(red.pk)])

    assert list(lead.pictures.all()) == [blue]
    assert files() == sorted([str(blue.image), str(blue.thumbnail)])


def test_a_discarded_draft_takes_its_files_along(django_capture_on_commit_callbacks: Any) -> None:
    lead = LeadFactory(state="draft")
    put(lead, "red", "blue")

    with django_capture_on_commit_callbacks(execute=True):
        discard_draft(lead=lead, now=NOW)

    assert (list(LeadPicture.objects.all()), files()) == ([], [])


def test_nobody_removes_another_leads_picture() -> None:
    mine, theirs = LeadFactory(), LeadFactory()
    [victim] = put(theirs, "red")

    response = edit(mine, remove_pictures=[str(victim.pk)])
    change_pictures(lead=mine, added=[], removed=[victim.pk], now=NOW)

    assert list(response.context["form"].errors) == ["remove_pictures"]
    assert (list(LeadPicture.objects.all()), len(files())) == ([victim], 2)


def test_a_failed_try_leaves_no_file_behind() -> None:
    """The second picture cannot be stored; the first one's files go with the transaction."""
    lead = LeadFactory()
    good, _refused = read_uploads([picture(colour="red"), picture(colour="blue")])
    too_long = good[1].digest * 2
    object.__setattr__(good[1], "digest", too_long)  # longer than its column

    with pytest.raises(Exception, match="value too long"):
        change_pictures(lead=lead, added=good, removed=[], now=NOW)

    assert (list(LeadPicture.objects.all()), files()) == ([], [])


def test_new_pictures_on_a_public_lead_wait_where_leads_are_reviewed_first(settings: Any) -> None:
    settings.LEADS_REVIEWED_FIRST = True
    lead = LeadFactory()

    response = edit(lead, quantity="many", pictures=[picture()])

    lead.refresh_from_db()
    assert (lead.state, lead.pictures.count()) == ("pending", 1)
    assert response.context["kept"].startswith("The files are saved.")


@pytest.mark.parametrize("state", ["rejected", "paused"])
def test_a_picture_alone_does_not_send_a_rejected_or_paused_lead_for_review(settings: Any, state: str) -> None:
    settings.LEADS_REVIEWED_FIRST = True
    lead = LeadFactory(state=state)

    edit(lead, quantity="many", pictures=[picture()])

    lead.refresh_from_db()
    assert (lead.state, lead.pictures.count()) == (state, 1)


def test_the_first_picture_stands_on_the_card_beside_the_form() -> None:
    lead = LeadFactory(state="draft")
    [red] = put(lead, "red")

    page = editor_of(lead).get(reverse("offerboard:edit", args=[lead.slug]))

    assert page.context["page"].card.image_url == red.thumbnail.url
