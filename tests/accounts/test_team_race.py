"""Two owners of one company, at the same moment, on two real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import Member
from accounts.services import team as services
from directory.models import TeamMember
from tests.factories import CompanyFactory, MemberFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("act", ["remove each other", "leave", "demote each other", "step down"])
def test_one_owner_stays(act: str) -> None:
    company = CompanyFactory()
    first, second = MemberFactory(company=company), MemberFactory(company=company)
    place = {person.pk: TeamMember.objects.get(member=person).pk for person in (first, second)}
    together = Barrier(2)

    def press(actor: Member, other: Member) -> str:
        target = place[other.pk if "each other" in act else actor.pk]
        together.wait()
        try:
            if act in {"remove each other", "leave"}:
                services.remove_from_team(company=company, actor=actor, team_member_id=target)
            else:
                services.change_role(company=company, actor=actor, team_member_id=target, role="viewer")
        except (services.NotAnOwner, services.LastOwner, services.NotInTeam) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(press, (first, second), (second, first)))

    assert answers.count("done") == 1
    assert TeamMember.objects.filter(company=company, role="owner").count() == 1
