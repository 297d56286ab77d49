"""Whatever arrives is read, or refused as unreadable: nothing else happens, and not for long."""

import time
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailings.models import Delivery
from mailings.returning.reading import MOST, Report, Said, Unreadable, read_report
from mailings.returning.statuses import code_in
from tests.mailings.returning import complaint, exchange, exim, gmail, postfix, qmail

HOWEVER_LONG = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # time is the last test's subject
ROW = Delivery(pk=UUID(int=7), to="amara@example.com")
SHAPES = [postfix(ROW), exchange(ROW), gmail(ROW), qmail(ROW), exim(ROW), complaint(ROW)]
PIECES = [
    b"", b"\r\n", b"\n\n", b"\x00", b"\xff\xfe", b"--", b";", b"<", b"=?utf-8?b?!!?=", b'"', b"boundary=", b"(" * 50,
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: x\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
]  # fmt: skip


def read(raw: bytes) -> Report | None:
    try:
        return read_report(raw)
    except Unreadable:
        return None


@HOWEVER_LONG
@given(
    shape=st.sampled_from(SHAPES),
    cuts=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 200), st.sampled_from(PIECES)), max_size=6),
)
def test_a_broken_message_is_read_as_far_as_it_goes_or_is_unreadable(
    shape: bytes, cuts: list[tuple[int, int, bytes]]
) -> None:
    for start, length, piece in cuts:
        shape = shape[:start] + piece + shape[start + length :]

    report = read(shape)

    for fate in report.fates if report else ():
        assert fate.words.isprintable()
        assert all("@" in address for address in fate.addresses)


@HOWEVER_LONG
@given(st.binary(max_size=2000))
def test_noise_is_no_report(raw: bytes) -> None:
    assert read(raw) is None


def parts_in_parts() -> bytes:
    heads = (f'Content-Type: multipart/mixed; boundary="b{number}"\n\n--b{number}\n' for number in range(15_000))
    return "".join(heads).encode()


LARGE = {
    "parts in parts": parts_in_parts(),
    "many parts": b"Content-Type: multipart/report; boundary=b\n\n" + b"--b\n\nx\n" * 120_000,
    "many headers": b"X-Failed-Recipients: a@example.com\n" * 29_000,
    "one long header": b"X-Failed-Recipients: " + b"a@example.com," * 74_000,
    "one long address": b"X-Failed-Recipients: " + b"(" * 500_000 + b"@",
    "many receivers": postfix(ROW).replace(b"Final-Recipient", b"Action: failed\r\n\r\nFinal-Recipient" * 20_000),
    "a long text of qmail's": qmail(ROW) + b"<a@b>:\n" * 140_000,
    "lines of nothing": b"\n" * MOST,
}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_message_takes_no_long_time(name: str) -> None:
    started = time.process_time()

    read(LARGE[name][:MOST])

    assert time.process_time() - started < 20  # what grows with the square of the size takes minutes


def test_every_receiver_of_a_notification_has_a_fate_of_their_own() -> None:
    two = postfix(ROW).replace(
        b"Final-Recipient: rfc822; amara@example.com",
        b"Final-Recipient: rfc822; kofi+42@example.com\r\nAction: delayed\r\nStatus: 4.4.1\r\n\r\n"
        b"Final-Recipient: rfc822; amara@example.com",
    )

    report = read_report(two)

    assert report is not None
    assert [(fate.said, fate.addresses, fate.status) for fate in report.fates] == [
        (Said.DELAYED, ("kofi+42@example.com",), "4.4.1"),
        (Said.FAILED, ("amara@example.com",), "5.1.1"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("550 5.1.1 no such user", "5.1.1"),
        ("(#5.1.1)", "5.1.1"),
        ("5.0.0", "5.0.0"),
        ("5.0.0; 550-5.2.1 disabled", "5.2.1"),
        ("at 10.5.1.1 port 25", ""),
        ("version 15.1.1", ""),
        ("2.0.0 5.7.1", "5.7.1"),
        ("550", ""),
        ("", ""),
    ],
)
def test_the_telling_code_is_found(text: str, code: str) -> None:
    assert code_in(text) == code
