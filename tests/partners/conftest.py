"""The clock of tests about webhooks, and a machine that is called; a service, and a member who may connect it."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Member
from partners.delivery import posting
from partners.models import ConnectedService
from tests.factories import NOW, ConnectedServiceFactory, MemberFactory
from tests.partners.calling import Caller, partner_caller
from tests.partners.hooking import Clock
from tests.partners.receiving import Receiver, receiver


@pytest.fixture
def clock(settings: Any) -> Iterator[Clock]:
    """The factories' leads are public at NOW; the loopback stands for the internet."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """It is waited for longer than the market waits: on a busy machine it may not have its turn for a while."""
    monkeypatch.setattr(posting, "DEADLINE", 120.0)
    with receiver() as server:
        yield server


@pytest.fixture
def service() -> ConnectedService:
    """One that wants name and e-mail address."""
    return ConnectedServiceFactory()


@pytest.fixture
def crm(service: ConnectedService) -> Caller:
    """The service's own program."""
    return partner_caller(partner=service.partner)


@pytest.fixture
def member() -> Member:
    return MemberFactory(full_name="Ama Mensah", phone="+233302123456")


@pytest.fixture
def browser(client: Client, member: Member) -> Client:
    client.force_login(member)
    return client
