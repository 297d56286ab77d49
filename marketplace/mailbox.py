"""The demo's mailbox: what the market sent, to read without a mail provider. A real installation has no such page."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mailings.writing.frames import framed

SHOWN = 100  # mails on the page; the newest
NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")  # as the mail catcher gives them, without `.eml`


@dataclass(frozen=True)
class Caught:
    """A mail as its page shows it."""

    name: str
    caught_at: datetime
    subject: str
    sender: str
    recipients: str  # to whom it really went; the header may say otherwise
    text: str = ""
    html: str = ""


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The newest mails; `?to=` keeps those whose recipients contain it."""
    wanted = request.GET.get("to", "").strip().lower()
    mails = [mail for mail in _newest() if wanted in mail.recipients.lower()]
    return render(request, "marketplace/mailbox.html", {"mails": mails[:SHOWN], "wanted": wanted})


@require_safe
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type]  # its types know of no arguments besides the request
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail; `?part=html` is its HTML alone, for the frame on its page."""
    caught = _read(name)
    if request.GET.get("part") != "html":
        return render(request, "marketplace/mailbox_mail.html", {"mail": caught})
    return framed(caught.html)


def _mailbox() -> Path:
    return Path(settings.LOCAL_STATE) / "mailbox"


def _newest() -> list[Caught]:
    paths = sorted(_mailbox().glob("*.eml"), reverse=True)
    parser = BytesHeaderParser(policy=policy.default)
    mails = []
    for path in paths:
        if NAME.fullmatch(path.stem):
            with path.open("rb") as file:
                mails.append(_caught(path.stem, parser.parse(file)))
    return mails


def _read(name: str) -> Caught:
    if not NAME.fullmatch(name):
        raise Http404
    try:
        content = (_mailbox() / f"{name}.eml").read_bytes()
    except FileNotFoundError as error:
        raise Http404 from error
    message = message_from_bytes(content, policy=policy.default)
    return _caught(name, message, text=_part(message, "plain"), html=_part(message, "html"))


def _caught(name: str, message: EmailMessage, *, text: str = "", html: str = "") -> Caught:
    return Caught(
        name=name,
        caught_at=datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC),
        subject=str(message.get("Subject", "")),
        sender=str(message.get("From", "")),
        recipients=str(message.get("X-Envelope-To", "")),
        text=text,
        html=html,
    )


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    return str(body.get_content()) if body else ""
