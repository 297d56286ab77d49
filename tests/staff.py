"""Staff at work in tests."""

import base64
import hashlib
import hmac
import struct
import time

from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from marketplace.groups import sync_groups
from tests.factories import PASSWORD, MemberFactory


def make_staff(*groups: str, **changes: object) -> Member:
    """A member of the staff in these groups, which are as the code describes them."""
    sync_groups()
    staff = MemberFactory(is_staff=True, password=PASSWORD, full_name="Mona Moderator", **changes)
    staff.groups.set(Group.objects.filter(name__in=groups))
    return staff


def at_work(staff: Member) -> Client:
    """Their browser after a log-in with a second factor."""
    secret = base64.b32encode(b"twenty bytes of salt").decode()
    TOTP.activate(staff, secret)
    client = Client()
    client.post("/account/login/", {"login": staff.email, "password": PASSWORD})
    _type_the_code(client, secret)
    return client


def _type_the_code(client: Client, secret: str) -> None:
    """Once more where the code has changed while it was typed, as it does each half minute."""
    for _attempt in range(2):
        shown = one_time_code(secret)
        answer = client.post("/account/2fa/authenticate/", {"code": shown})
        if answer.status_code == 302 or one_time_code(secret) == shown:
            break
    assert answer.status_code == 302, "The second factor was refused."


WHY = {"why-usual": "They asked us for help", "why-words": "Ticket 7: cannot log in."}


def open_record(client: Client, member: Member) -> str:
    """Say why a member's record is opened; its address, which answers this browser for 30 minutes."""
    place = reverse("admin:accounts_member_change", args=[member.pk])
    client.post(place, WHY)
    return place


def changelist(name: str) -> str:
    """A list's address, such as offerboard_lead."""
    return reverse(f"admin:{name}_changelist")


def one_time_code(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"
