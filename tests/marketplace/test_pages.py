"""Pages about the site, and what machines ask."""

import logging
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from privacy.leaving import leaving_url
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


def test_a_signed_link_names_the_host_before_the_reader_leaves(client: Client) -> None:
    """The host as a browser reaches it, not what stands before an @."""
    response = client.get(leaving_url("https://market.example@evil.example/path"))

    assert response.status_code == 200
    assert "<b><bdi>evil.example</bdi></b>" in response.text


@pytest.mark.parametrize("forged", ["", "https://evil.example", "InNvbWV0aGluZyI:1abc:forged"])
def test_a_link_we_did_not_sign_is_not_passed_on(client: Client, forged: str) -> None:
    """Nobody borrows our name for a redirect."""
    response = client.get(reverse("marketplace:leaving"), {"to": forged})

    assert response.status_code == 400
    assert "evil.example" not in response.text


def test_the_newsletter_is_linked_from_every_page_and_earlier_mails_from_the_privacy_centre(client: Client) -> None:
    """For members in their consents, for everybody else beside what can be done without an account."""
    newsletter, earlier = reverse("mailings:subscribe"), reverse("mailings:archive")
    visitor = client.get(reverse("privacy:centre")).text
    client.force_login(MemberFactory())
    member = client.get(reverse("privacy:centre")).text

    assert f'<li><a href="{newsletter}">' in client.get(reverse("marketplace:about")).text
    assert [newsletter in visitor, earlier in visitor, earlier in member] == [True, True, True]


def test_a_signed_script_is_not_a_link(client: Client) -> None:
    """Only http and https lead anywhere."""
    assert client.get(leaving_url("javascript:alert(1)")).status_code == 400


@pytest.mark.promise("no-cookie-unasked")
@pytest.mark.parametrize(
    "page", ["marketplace:about", "marketplace:help", "privacy:terms", "privacy:policy", "privacy:cookies"]
)
def test_a_visitor_gets_the_page_and_no_cookie(client: Client, page: str) -> None:
    """These pages need none."""
    response = client.get(reverse(page))

    assert (response.status_code, dict(response.cookies)) == (200, {})


def test_media_serves_pictures_of_leads_and_logos_and_nothing_else(client: Client) -> None:
    """A file beside them exists and is not found."""
    picture = default_storage.save("leads/picture.webp", ContentFile(b"picture"))
    secret = default_storage.save("exports/secret.zip", ContentFile(b"secret"))

    assert client.get(f"/media/{picture}").getvalue() == b"picture"
    for path in (secret, f"leads/../{secret}", "leads/", "leads/%2e%2e/exports/secret.zip"):
        assert client.get(f"/media/{path}").status_code == 404
    assert Path(default_storage.path(secret)).exists()


@pytest.mark.promise("nothing-from-elsewhere")
def test_every_page_forbids_inline_code_and_foreign_hosts(client: Client) -> None:
    """The policy has no unsafe-* and no nonce."""
    policy = client.get("/").headers["Content-Security-Policy"]

    assert ("unsafe" in policy, "nonce" in policy, "http" in policy) == (False, False, False)
    assert "script-src testserver/static/js/ testserver/static/django_htmx/;" in f"{policy};"  # in any order
    assert "frame-ancestors 'none'" in policy


@pytest.mark.promise("logs-without-addresses")
def test_a_log_line_names_the_route_and_not_the_token_in_the_address(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor the query, the address or the person."""
    with caplog.at_level(logging.INFO):
        client.get("/invitations/this-is-secret/?q=private-words", headers={"User-Agent": "private browser"})

    said = " ".join(str(record.msg) for record in caplog.records)
    assert "invitations/<str:token>/" in said
    for private in ("this-is-secret", "private-words", "private browser", "127.0.0.1"):
        assert private not in said


def test_health_answers_without_a_host_name_we_know(client: Client) -> None:
    """Live needs nothing, ready needs PostgreSQL."""
    assert (client.get("/health/live").status_code, client.get("/health/ready").json()) == (200, {"database": "ok"})


@pytest.mark.parametrize("name", ["leads/" + "a" * 300, "leads/picture.webp/x", "leads/a%00b"])
def test_an_impossible_picture_is_not_found(client: Client, name: str) -> None:
    """A name that no file system takes, and a file used as a folder."""
    default_storage.save("leads/picture.webp", ContentFile(b"picture"))

    assert client.get(f"/media/{name}").status_code == 404


def test_a_body_too_large_for_its_page_is_refused_before_it_is_read(client: Client) -> None:
    """Ten megabytes of text, sent to a form that takes three."""
    response = client.post("/contact/", {"text": "x" * 10_000_000})

    assert response.status_code == 413
    assert "up to 3 MB" in response.text


@pytest.mark.parametrize("kind", ["lead", "company", "inquiry", "member", "nothing"])
def test_a_report_about_an_impossible_thing_is_not_found(client: Client, kind: str) -> None:
    """Not an error of ours."""
    for key in ("a%00b", "none", "1", "x" * 300):
        assert client.get(f"/report/{kind}/{key}/").status_code == 404
