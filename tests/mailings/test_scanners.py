"""Programs on the way open every link of every mail, to see whether it is dangerous: that changes nothing."""

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client

from tests.mailings.occasions import OCCASIONS, Cast, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "operator")]
COUNTED = {"django_session"}  # a page may begin one; it knows nobody


def everything() -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    models = [model for model in apps.get_models() if model._meta.managed and model._meta.db_table not in COUNTED]
    return {model._meta.label: list(model._default_manager.order_by("pk").values_list()) for model in models}


@pytest.mark.promise("get-changes-nothing")
@pytest.mark.parametrize("template", sorted(OCCASIONS))
def test_opening_every_link_of_a_mail_changes_nothing(template: str) -> None:
    """Without a log-in, and by HEAD as well."""
    mail = written(template, Cast())
    links = set(re.findall(rf"{re.escape(settings.SITE_URL)}([^\s\"<>]*)", mail.text + mail.html))
    before = everything()

    for link in sorted(links):
        for method in ("get", "head"):
            answer = getattr(Client(), method)(link or "/", follow=True)
            assert answer.status_code in {200, 404, 410}

    assert everything() == before
