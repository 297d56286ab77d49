"""Staff change what a category is called and where it lies; programs know it by its slug for good."""

import pytest
from django.test import Client
from django.urls import reverse

from directory.models import Category
from tests.factories import CategoryFactory
from tests.staff import at_work, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    return at_work(make_staff("moderator"))


def answers(category: Category, **changes: str) -> dict[str, str]:
    """The form as the page fills it, with these changes."""
    kept = {"name": category.name, "slug": category.slug, "hs_codes": "0901", "hs_edition": "2022", "position": "1"}
    return kept | {"parent": str(category.parent_id or "")} | changes


def test_the_slug_of_a_category_stays_when_it_is_renamed(staff: Client) -> None:
    """Partners hold leads under it, and links lead to it."""
    category = CategoryFactory(slug="known-beans")
    place = reverse("admin:directory_category_change", args=[category.pk])
    page = staff.get(place)
    sent = staff.post(place, answers(category, name="Raw coffee", slug="raw-beans"))

    assert (page.status_code, 'name="slug"' in page.content.decode(), sent.status_code) == (200, False, 302)
    assert Category.objects.values_list("name", "slug").get(pk=category.pk) == ("Raw coffee", "known-beans")


def test_a_new_category_is_given_one(staff: Client) -> None:
    top = CategoryFactory().parent
    new = Category(name="Dew", slug="dew", parent=top)
    sent = staff.post(reverse("admin:directory_category_add"), answers(new))

    assert (sent.status_code, Category.objects.filter(slug="dew").count()) == (302, 1)
