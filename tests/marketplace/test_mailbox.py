"""The demo's mail catcher, reached by SMTP, and the pages that show what it caught."""

import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from pytest_django.fixtures import Settings

from marketplace import mailcatcher
from marketplace.demo import greets
from marketplace.embedded.process import wait_until
from marketplace.embedded.servers import CHECKOUT
from tests.ports import own_port

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.marketplace.mailbox_urls")]


@pytest.fixture
def mailbox(tmp_path: Path, settings: Settings) -> Path:
    settings.LOCAL_STATE = tmp_path
    return tmp_path / "mailbox"


@pytest.fixture
def catcher(mailbox: Path) -> Iterator[int]:
    """The port of a running mail catcher."""
    port = own_port()
    command = [sys.executable, "-m", "marketplace.mailcatcher", str(port), str(mailbox)]
    with subprocess.Popen(command, cwd=CHECKOUT, env=os.environ) as process:
        try:
            assert wait_until(lambda: greets(port), seconds=60)
            yield port
        finally:
            process.terminate()


def send(port: int, subject: str, *, to: str, text: str = "", html: str = "") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Market <market@market.example>", to, subject
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(message, to_addrs=[to, "copy@buyer.example"])


def test_a_mail_is_kept_and_shown_with_pressable_links(catcher: int, client: Client) -> None:
    link = "https://market.example/account/confirm-email/Abc:1-2/"
    send(
        catcher,
        "Bestätigen 确认",
        to="ana@seller.example",
        text=f"Hello <b>\n{link}\n",
        html=f"<p><a href='{link}'>x",
    )

    page = client.get(reverse("marketplace:mailbox"))
    [mail] = page.context["mails"]
    assert (mail.subject, mail.recipients) == ("Bestätigen 确认", "ana@seller.example, copy@buyer.example")

    shown = client.get(reverse("marketplace:mailbox_mail", args=[mail.name])).content.decode()
    assert f'<a href="{link}" rel="nofollow">' in shown
    assert "Hello &lt;b&gt;" in shown


def test_the_newest_mail_stands_first_and_a_reader_finds_their_own(catcher: int, client: Client) -> None:
    for number in (1, 2, 3):
        send(catcher, f"Mail {number}", to=f"member{number}@buyer.example")

    every = client.get(reverse("marketplace:mailbox")).context["mails"]
    own = client.get(reverse("marketplace:mailbox"), {"to": "MEMBER2@"}).context["mails"]

    assert [mail.subject for mail in every] == ["Mail 3", "Mail 2", "Mail 1"]
    assert [mail.subject for mail in own] == ["Mail 2"]


def test_the_html_part_stands_in_a_frame_where_nothing_runs(catcher: int, client: Client) -> None:
    send(
        catcher, "News", to="ana@seller.example", text="News", html="<head><title>N</title></head><script>1</script>Hi"
    )
    [mail] = client.get(reverse("marketplace:mailbox")).context["mails"]
    address = reverse("marketplace:mailbox_mail", args=[mail.name])

    page = client.get(address)
    part = client.get(address, {"part": "html"})

    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page.content.decode()
    assert "<script>1" not in page.content.decode()
    policy = part.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert part.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<head><base target="_top">' in part.content.decode()


@pytest.mark.parametrize("name", ["..%2Fservers", "20261122T120000000000-0123abcd", "x"])
def test_what_is_not_a_mail_is_not_found(mailbox: Path, client: Client, name: str) -> None:
    mailbox.mkdir()
    (mailbox.parent / "servers.eml").write_text("secret")

    assert client.get(f"/dev/mailbox/{name}/").status_code == 404


def test_an_empty_mailbox_says_how_to_fill_it(mailbox: Path, client: Client) -> None:
    assert not mailbox.exists()

    assert "Sign up" in client.get(reverse("marketplace:mailbox")).content.decode()


def test_only_the_newest_thousand_mails_stay(mailbox: Path) -> None:
    mailbox.mkdir()
    for number in range(mailcatcher.KEPT + 2):
        (mailbox / f"{number:05}.eml").touch()

    mailcatcher.forget_old_mails(mailbox)

    assert min(path.name for path in mailbox.iterdir()) == "00002.eml"


@pytest.mark.urls("marketplace.urls")
def test_there_is_no_mailbox_outside_the_demo(client: Client) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("marketplace:mailbox")
    assert client.get("/dev/mailbox/").status_code == 404
