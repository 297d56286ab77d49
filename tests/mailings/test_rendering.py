"""Every mail of the product, written by what really happens: both halves say the same, and nothing is fetched."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from mailings.models import Delivery
from mailings.writing.rendering import render_mail
from tests.factories import CompanyFactory
from tests.mailings.anatomy import Anatomy
from tests.mailings.occasions import ARABIC, HOSTILE, OCCASIONS, READER, TEMPLATES, Cast, written
from tests.offerboard import alerting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "operator")]
MOST_BYTES = 102 * 1024  # Gmail hides what follows
# Nothing else is in any mail. None of these loads anything: there is no src, and no CSS with an address.
TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "div",
    "table",
    "tbody",
    "tr",
    "td",
    "h1",
    "h2",
    "p",
    "a",
    "b",
    "bdi",
    "br",
    "ul",
    "ol",
    "strong",
    "em",
    "li",
    "span",
    "blockquote",
}
ATTRIBUTES = {
    "lang",
    "dir",
    "charset",
    "name",
    "content",
    "class",
    "style",
    "role",
    "width",
    "cellpadding",
    "cellspacing",
    "border",
    "align",
    "href",
}


def sound(mail: Delivery, *, direction: str = "ltr") -> Anatomy:
    """What holds for every mail, whoever stands in it."""
    page = Anatomy(mail.html)
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES
    assert [word for word in ("url(", "@import", "expression(") if word in mail.html] == []
    assert {link for link in page.links if not link.startswith(f"{settings.SITE_URL}/")} <= {settings.SITE_URL}
    assert page.links == links_in(mail.text)
    for tag in ("html", "div"):
        assert (page.one(tag)["lang"], page.one(tag)["dir"]) == (mail.language, direction)
    assert page.title[:300] == mail.subject
    assert len(mail.html.encode()) < MOST_BYTES
    for half in (mail.text, page.words):
        assert settings.OPERATOR["address"] in half
        assert "You get this mail because" in half or " gave us your e-mail address, " in half
        assert re.findall(r"\bNone\b|\{%|\{#", half) == []
    assert "\n\n\n" not in mail.text
    return page


def links_in(text: str) -> set[str]:
    """Links stand on lines of their own; those in somebody else's words are marked, and not ours."""
    return set(re.findall(r"^ *(https?://\S+)$", text, flags=re.MULTILINE))


def test_every_mail_has_two_halves_and_an_occasion() -> None:
    """Whoever adds one says in tests/mailings/occasions.py what makes the product write it."""
    halves = {half.name for half in TEMPLATES.iterdir() if half.is_file()}

    names = {name.partition(".")[0] for name in halves} - {"base", "style"}
    assert halves == {f"{name}.{kind}" for name in names | {"base"} for kind in ("html", "txt")} | {"style.css"}
    assert set(OCCASIONS) == names


@pytest.mark.parametrize("template", sorted(OCCASIONS))
def test_a_mail_is_whole_and_loads_nothing(template: str) -> None:
    page = sound(written(template, Cast()))

    assert page.elements[0][0] == "html"
    assert "{{" not in page.words


@pytest.mark.parametrize("template", sorted(OCCASIONS))
def test_what_people_type_stays_their_words(template: str) -> None:
    """It becomes no element and no link, and in the text it is marked, however long it is."""
    mail = written(template, HOSTILE)

    sound(mail)
    assert "<script" not in mail.html
    assert "evil.example" not in "".join(links_in(mail.text))


@pytest.mark.parametrize("template", sorted(OCCASIONS))
def test_a_mail_runs_from_right_to_left(template: str) -> None:
    mail = written(template, ARABIC)

    page = sound(mail, direction="rtl")
    assert {attributes["align"] for _tag, attributes in page.elements if "align" in attributes} == {"center", "right"}


def test_the_longest_mail_about_new_leads_is_not_cut_off() -> None:
    """Fifty searches that have all found more than a mail shows."""
    reader, now = Cast().reader(), timezone.now()
    company = CompanyFactory(legal_name="Savanna Spice Mills " * 6)
    for number in range(50):
        alerting.asks(reader, name=f"{number} " + "Robusta " * 9, price_from=Decimal(number + 1), currency="USD")
    for number in range(12):
        alerting.publish(title=f"{number} " + "Robusta green coffee " * 6, company=company, now=now)
    alerting.work(now)

    page = sound(Delivery.objects.get(to=READER))

    assert len([link for link in page.links if "/mails/stop/" in link]) == 50


# --- rendering itself


def test_styles_stand_in_the_elements_and_media_queries_in_the_head() -> None:
    """Many programs know no style sheets; the few that know the dark read media queries."""
    html = render_mail(template="ticket_opened", language="en", context={"reference": "T-1"}).html

    style = next(text for tag, text in Anatomy(html).texts if tag == "style")
    assert re.findall(r"@media \(([\w-]+)", style) == ["max-width", "prefers-color-scheme"]
    assert Anatomy(html).one("h1")["style"].startswith("margin: 0 0 20px")
    assert "#0f1821 !important" in style


def test_a_style_sheet_elsewhere_is_not_fetched(settings: Any, tmp_path: Path) -> None:
    """Nobody listens at that address: whoever asked there would not come back with a mail."""
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail/fetching.txt").write_text("A subject")
    (tmp_path / "mail/fetching.html").write_text('<link rel="stylesheet" href="http://127.0.0.1:1/x.css"><p>Words')
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]

    html = render_mail(template="fetching", language="en", context={}).html

    assert Anatomy(html).words == "Words"


def test_an_inbox_shows_how_the_mail_begins_but_no_key() -> None:
    context = {"activate_url": "https://market.example/account/confirm-email/secret/"}

    html = render_mail(template="confirm_sign_up", language="en", context=context).html

    preview = next(text for tag, text in Anatomy(html).texts if text.startswith("Welcome"))
    assert preview == (
        "Welcome to Savanna Trade. One step is left: open this link and press the button there. "
        "The link works for three days. Once you have pressed …"
    )


def test_a_subject_is_one_line() -> None:
    """Whatever stands in the names it is made of, no further header follows."""
    context = {"company_name": "Savanna\r\nBcc: all@example.com", "name": "Amara"}

    subject = render_mail(template="company_closed", language="en", context=context).subject

    assert subject == "Savanna"


def test_colours_are_tokens() -> None:
    """Those of the light in front, those of the dark in the media query."""
    light, dark = (TEMPLATES / "style.css").read_text().split("@media (prefers-color-scheme: dark)")
    tokens = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
    light_tokens, dark_tokens = tokens.split("@media (prefers-color-scheme: dark)")

    assert colours(light) - colours(light_tokens) == set()
    assert colours(dark) - colours(dark_tokens) == set()


def colours(sheet: str) -> set[str]:
    """As six digits."""
    found = re.findall(r"#([0-9a-f]{6}|[0-9a-f]{3})\b", sheet)
    return {colour if len(colour) == 6 else "".join(digit * 2 for digit in colour) for colour in found}
