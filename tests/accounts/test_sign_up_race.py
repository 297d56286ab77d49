"""Two sign-ups with one address at the same moment, on two real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Member
from directory.models import Company
from mailings.models import Delivery
from tests.accounts.people import sign_up_answers

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_wins_and_both_get_the_same_answer() -> None:
    together = Barrier(2)
    answers = [sign_up_answers(company_name="First"), sign_up_answers(company_name="Second")]

    def sign_up(filled_in: dict[str, object]) -> tuple[int, str]:
        client = Client()
        client.get("/account/signup/")
        together.wait()
        try:
            response = client.post("/account/signup/", filled_in)
            return response.status_code, response["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(sign_up, answers)

    assert first == second == (302, "/account/confirm-email/")
    assert (Member.objects.count(), Company.objects.count()) == (1, 1)
    assert Delivery.objects.filter(template="confirm_sign_up").count() == 1
