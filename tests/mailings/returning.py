"""Messages as mail servers send them back, written after the shapes of their makers."""

from textwrap import dedent

from mailings.models import Delivery
from mailings.returning.return_path import token_of
from mailings.services import queue_message
from tests.factories import NOW

DOMAIN = "back.market.example"
AMARA = "amara@example.com"


def sent_mail(to: str = AMARA, *, minutes: int = 0, **changes: object) -> Delivery:
    """A mail that was handed over, `minutes` after NOW."""
    row = queue_message(
        template="test", to=to, language="en", subject="Hello", text="Secret link", html="<a>", now=NOW,
        asked_for=True,
    )  # fmt: skip
    at = NOW.replace(minute=minutes)
    Delivery.objects.filter(pk=row.pk).update(**{"state": "sent", "attempts": 1, "ended_at": at, **changes})
    row.refresh_from_db()
    return row


def returns_to(row: Delivery) -> str:
    """The envelope sender of a mail."""
    return f"bounce+{token_of(row.pk)}@{DOMAIN}"


def _message(text: str, **words: str) -> bytes:
    filled = dedent(text).lstrip()
    for name, value in words.items():
        filled = filled.replace(f"[{name}]", value)
    return filled.replace("\n", "\r\n").encode()


def postfix(
    row: Delivery,
    *,
    to: str = "",
    status: str = "5.1.1",
    action: str = "failed",
    words: str = "550 5.1.1 <amara@example.com>: Recipient address rejected: User unknown",
    back: str = "",
    number: str = "20261129.1",
) -> bytes:
    """Postfix: three parts, the headers of the mail in the last one."""
    return _message(
        """
        Return-Path: <>
        Received: by mx.market.example (Postfix) id 4AbC; Sun, 29 Nov 2026 08:00:00 +0000 (UTC)
        Date: Sun, 29 Nov 2026 08:00:00 +0000 (UTC)
        From: MAILER-DAEMON@mx.market.example (Mail Delivery System)
        Subject: Undelivered Mail Returned to Sender
        To: [back]
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
        \tboundary="4AbC.1/mx.market.example"
        Message-Id: <[number]@mx.market.example>

        This is a MIME-encapsulated message.

        --4AbC.1/mx.market.example
        Content-Description: Notification
        Content-Type: text/plain; charset=us-ascii

        I'm sorry to have to inform you that your message could not be delivered.

        <[to]>: host mx.example.com said: [words]

        --4AbC.1/mx.market.example
        Content-Description: Delivery report
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.market.example
        X-Postfix-Queue-ID: 4AbC
        X-Postfix-Sender: rfc822; [back]
        Arrival-Date: Sun, 29 Nov 2026 07:59:58 +0000 (UTC)

        Final-Recipient: rfc822; [to]
        Original-Recipient: rfc822;[to]
        Action: [action]
        Status: [status]
        Remote-MTA: dns; mx.example.com
        Diagnostic-Code: smtp; [words]

        --4AbC.1/mx.market.example
        Content-Description: Undelivered Message Headers
        Content-Type: text/rfc822-headers

        Return-Path: <[back]>
        From: market@market.example
        To: [to]
        Subject: Hello

        --4AbC.1/mx.market.example--
        """,
        back=back or returns_to(row),
        to=to or row.to,
        status=status,
        action=action,
        words=words,
        number=number,
    )


def exchange(row: Delivery) -> bytes:
    """Exchange: HTML for people, a code that only Exchange knows, words over several lines, the mail attached."""
    return _message(
        """
        From: Microsoft Outlook <postmaster@example.com>
        To: <[back]>
        Date: Sun, 29 Nov 2026 08:00:00 +0000
        Content-Type: multipart/report; report-type=delivery-status;
        \tboundary="f1a2-b3"
        X-MS-Exchange-Message-Is-Ndr:
        Content-Language: en-US
        Message-ID: <9c1f@EX01.example.com>
        In-Reply-To: <x@market.example>
        Subject: Undeliverable: Hello
        Auto-Submitted: auto-replied
        MIME-Version: 1.0

        --f1a2-b3
        Content-Type: multipart/alternative; differences=Content-Type;
        \tboundary="inner"

        --inner
        Content-Type: text/plain; charset="us-ascii"
        Content-Transfer-Encoding: quoted-printable

        Delivery has failed to these recipients or groups:

        --inner
        Content-Type: text/html; charset="us-ascii"

        <html><body>The email address you entered couldn't be found.</body></html>

        --inner--

        --f1a2-b3
        Content-Type: message/delivery-status

        Reporting-MTA: dns;EX01.example.com
        Received-From-MTA: dns;mx.market.example
        Arrival-Date: Sun, 29 Nov 2026 08:00:00 +0000

        Original-Recipient: rfc822;[to]
        Final-Recipient: rfc822;[to]
        Action: failed
        Status: 5.1.10
        Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not
         found by SMTP address lookup

        --f1a2-b3
        Content-Type: message/rfc822

        From: market@market.example
        To: [to]
        Subject: Hello
        Content-Type: text/plain

        Secret link

        --f1a2-b3--
        """,
        back=returns_to(row),
        to=row.to,
    )


def gmail(row: Delivery) -> bytes:
    """Gmail: a general status, the telling code in words over several lines, no Original-Recipient."""
    return _message(
        """
        Delivered-To: [back]
        Return-Path: <>
        From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
        To: [back]
        Auto-Submitted: auto-replied
        Subject: Delivery Status Notification (Failure)
        References: <x@market.example>
        Message-ID: <656702.1a@mx.google.com>
        X-Failed-Recipients: [to]
        Date: Sun, 29 Nov 2026 00:00:00 -0800 (PST)
        Content-Type: multipart/report; boundary="000000000000b1"; report-type=delivery-status

        --000000000000b1
        Content-Type: multipart/related; boundary="000000000000b2"

        --000000000000b2
        Content-Type: text/plain; charset="UTF-8"

        ** Address not found **

        --000000000000b2--
        --000000000000b1
        Content-Type: message/delivery-status

        Reporting-MTA: dns; googlemail.com
        Arrival-Date: Sun, 29 Nov 2026 00:00:00 -0800 (PST)
        X-Original-Message-ID: <x@market.example>

        Final-Recipient: rfc822; [to]
        Action: failed
        Status: 5.0.0
        Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try
         550-5.1.1 double-checking the recipient's email address for typos or
         550 5.1.1 unnecessary spaces. NoSuchUser - gsmtp
        Last-Attempt-Date: Sun, 29 Nov 2026 00:00:01 -0800 (PST)

        --000000000000b1
        Content-Type: message/rfc822

        To: [to]
        Subject: Hello

        --000000000000b1--
        """,
        back=returns_to(row),
        to=row.to,
    )


def qmail(row: Delivery) -> bytes:
    """qmail: plain words in a fixed form."""
    return _message(
        """
        Return-Path: <>
        Date: 29 Nov 2026 08:00:00 -0000
        From: MAILER-DAEMON@mx.example.com
        To: [back]
        Message-ID: <qmail.1@mx.example.com>
        Subject: failure notice

        Hi. This is the qmail-send program at mx.example.com.
        I'm afraid I wasn't able to deliver your message to the following addresses.
        This is a permanent error; I've given up. Sorry it didn't work out.

        <[to]>:
        Sorry, no mailbox here by that name. (#5.1.1)

        --- Below this line is a copy of the message.

        Return-Path: <[back]>
        <somebody@else.example>:
        (#5.1.1)
        """,
        back=returns_to(row),
        to=row.to,
    )


def exim(row: Delivery) -> bytes:
    """Exim before 4.8: plain words, and a header that names the receiver."""
    return _message(
        """
        Return-path: <>
        X-Failed-Recipients: [to]
        Auto-Submitted: auto-replied
        From: Mail Delivery System <Mailer-Daemon@mx.example.com>
        To: [back]
        Message-Id: <E1abc@mx.example.com>
        Subject: Mail delivery failed: returning message to sender

        This message was created automatically by mail delivery software.

          [to]
            SMTP error from remote mail server after RCPT TO:<[to]>:
            host mx.example.com [192.0.2.1]: 550 5.1.1 User unknown

        ------ This is a copy of the message, including all the headers. ------

        Return-path: <[back]>
        """,
        back=returns_to(row),
        to=row.to,
    )


def complaint(
    row: Delivery, *, kind: str = "abuse", receiver: str | None = None, with_mail: bool = True, token: str = ""
) -> bytes:
    """A feedback report; the provider sends it to an address of its own, so that only the mail says which it was."""
    told = f"Original-Rcpt-To: <{row.to if receiver is None else receiver}>\n" if receiver != "" else ""
    given_back = f"""--part
Content-Type: message/rfc822
Content-Disposition: inline

Received: from mx.market.example by mx.example.com; Sun, 29 Nov 2026 07:00:00 +0000
From: market@market.example
To: {row.to if receiver is None else "undisclosed"}
X-Delivery-Reference: {token or token_of(row.pk)}
Subject: Hello

Secret link

"""
    sender = "" if with_mail else f"Original-Mail-From: <{returns_to(row)}>\n"
    return f"""From: <feedback@mailbox.example>
Date: Sun, 29 Nov 2026 08:00:00 +0000
Subject: FW: Hello
To: <complaints@{DOMAIN}>
Message-ID: <fbl.1@mailbox.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part"

--part
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--part
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
{sender}{told}Arrival-Date: Sun, 29 Nov 2026 07:00:00 +0000
Source-IP: 192.0.2.1

{given_back if with_mail else ""}--part--
""".replace("\n", "\r\n").encode()


def away(row: Delivery) -> bytes:
    """Somebody's own mailbox answers that they are away."""
    return _message(
        """
        From: [to]
        To: [back]
        Subject: Out of office
        Auto-Submitted: auto-replied
        Message-ID: <away@example.com>
        Content-Type: text/plain; charset=x-unknown-\xff

        I am back on Monday. 5.1.1 is my office number.
        """,
        back=returns_to(row),
        to=row.to,
    )
