"""Which addresses a webhook may have: those that everybody on the internet reaches."""

from ipaddress import ip_address
from typing import Any

import pytest

from partners.delivery.public_addresses import is_public, read_callable
from partners.delivery.targets import BadAddress


@pytest.mark.parametrize(
    "answer",
    [
        "0.0.0.0",  # noqa: S104 - nobody listens there
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.1.2.3",
        "168.63.129.16",
        "169.254.169.254",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.19.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:93.184.216.34",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "2001::7f00:1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ],
)
def test_an_address_that_not_everybody_reaches_is_not_public(answer: str) -> None:
    assert not is_public(ip_address(answer))


def refusal_of(url: str) -> str:
    """Why no webhook may have it; "" where one may."""
    try:
        read_callable(url)
    except BadAddress as error:
        return str(error)
    return ""


@pytest.mark.parametrize("answer", ["93.184.216.34", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"])
def test_an_address_of_the_internet_is(answer: str) -> None:
    assert is_public(ip_address(answer))


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.0.0.1", "127.0.0.1", "[::1]", "[::ffff:7f00:1]"]
)
def test_loopback_in_any_spelling_is_refused_when_the_webhook_is_made(host: str) -> None:
    """Decimal, hexadecimal, octal, short, mapped into IPv6."""
    with pytest.raises(BadAddress):
        read_callable(f"https://{host}/hook")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "https://hooks.example.com:22/",
        "https://user:word@hooks.example.com/",
        "https://hooks.example.com/#x",
        "https://hooks.example.com\\@127.0.0.1/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\r\nX: y",
        "https://localhost/",
        "https://[fe80::1%25eth0]/",
        "https:///x",
        "https://hooks.example.com:port/",
        "https://xn--/" + "x" * 500,
        "https://müller.example/",
    ],
)
def test_an_address_that_says_more_than_a_public_host_is_refused(url: str) -> None:
    with pytest.raises(BadAddress):
        read_callable(url)


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        ("http://127.0.0.1:9999/", True),
        ("http://localhost:9999/", True),  # the name may lead there
        ("http://localhost:9911/", False),
        ("http://127.0.0.1:9911/", False),
        ("http://x", False),
        ("http://hooks.example.com/", False),
        ("https://hooks.example.com:9000/", False),
        ("https://hooks.internal:9000/", True),
        ("https://hooks.example.com:8443/", True),
    ],
)
def test_what_an_operator_trusts_opens_nothing_else(settings: Any, url: str, is_taken: bool) -> None:
    """What the check takes is what can be called: each entry opens its own hosts, at its own port."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.1:9999", "hooks.internal:9000"]

    assert (refusal_of(url) == "") == is_taken


@pytest.mark.parametrize("port", ["", ":443", ":8443"])
def test_a_public_name_is_taken(port: str) -> None:
    target = read_callable(f"https://Hooks.Example.com{port}/in?x=1")

    assert (target.host, target.path, target.is_secure) == ("hooks.example.com", "/in?x=1", True)
