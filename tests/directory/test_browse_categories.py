"""The tree of categories and its pages."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from directory import registry
from directory.categories import LEAVES, TREE
from directory.models import Category
from directory.registry import CategoryMeasure, CategoryPanel
from directory.services import load_categories
from tests.factories import NOW, CategoryFactory, CompanyFactory, TopCategoryFactory

pytestmark = pytest.mark.django_db
URL = reverse("directory:categories")


@pytest.fixture(autouse=True)
def tree() -> None:
    """The shipped tree, also after a test that emptied the tables."""
    load_categories()


def test_the_page_shows_every_category_in_its_place(client: Client) -> None:
    tops = client.get(URL).context["tree"].tops

    shown = [(top.slug, [leaf.slug for leaf in top.children]) for top in tops]
    assert shown == [(top.slug, [leaf.slug for leaf in top.leaves]) for top in TREE]


@pytest.mark.usefixtures("bare_registry")
def test_companies_are_counted_while_nobody_registered_something_better(client: Client) -> None:
    for _ in range(2):
        CompanyFactory().industries.add(Category.objects.get(slug="green-coffee"))
    CompanyFactory().industries.add(Category.objects.get(slug="food-and-beverages"))
    CompanyFactory(state="hidden").industries.add(Category.objects.get(slug="tea"))

    tree = client.get(URL).context["tree"]

    food = next(top for top in tree.tops if top.slug == "food-and-beverages")
    assert (tree.measure, food.count) == ("companies", "3")
    assert {leaf.slug: leaf.count for leaf in food.children if leaf.count != "0"} == {"green-coffee": "2"}


@pytest.mark.usefixtures("bare_registry")
def test_a_higher_app_says_what_is_counted(client: Client) -> None:
    coffee, tea = Category.objects.get(slug="green-coffee"), Category.objects.get(slug="tea")

    def counts(now: Any) -> dict[int, int]:
        return {coffee.pk: 1200, tea.pk: 34} if now == NOW else {}

    registry.register_category_measure(CategoryMeasure("leads", "leads", counts))

    content = client.get(URL).content.decode()
    assert '1,200<span class="visually-hidden"> leads</span>' in content
    assert '1,234<span class="visually-hidden"> leads</span>' in content
    assert (
        '1,200<span class="visually-hidden"> leads</span>'
        in client.get(reverse("directory:category", args=["food-and-beverages"])).content.decode()
    )


def test_a_leaf_says_where_it_stands_and_which_customs_codes_belong_to_it(client: Client) -> None:
    page = client.get(reverse("directory:category", args=["nuts"])).context["page"]

    assert page.crumbs == [("Categories", URL), ("Food and beverages", "/categories/food-and-beverages/")]
    assert [(line.chapter, line.headings) for line in page.hs_lines] == [("08 Fruit and nuts", "0801, 0802")]
    assert page.hs_edition == "2022"


def test_a_whole_chapter_is_named_as_one(client: Client) -> None:
    content = client.get(reverse("directory:category", args=["cocoa-and-chocolate"])).content.decode()

    assert '<th scope="row">18 Cocoa and chocolate</th><td>the whole chapter</td>' in content


def test_a_top_lists_what_is_inside(client: Client) -> None:
    page = client.get(reverse("directory:category", args=["food-and-beverages"])).context["page"]

    assert [child.name for child in page.children] == [str(leaf.name) for leaf in TREE[0].leaves]


def test_the_newest_companies_of_the_category_and_of_all_inside_it(client: Client) -> None:
    top = TopCategoryFactory()
    leaf, other = CategoryFactory(parent=top), CategoryFactory(parent=top)
    for name, category in [("Leaf", leaf), ("Other", other), ("Top", top), ("Elsewhere", CategoryFactory())]:
        CompanyFactory(legal_name=name).industries.add(category)
    CompanyFactory(legal_name="Hidden", state="hidden").industries.add(leaf)

    on_leaf = client.get(leaf.get_absolute_url()).context["page"]
    on_top = client.get(top.get_absolute_url()).context["page"]

    assert [card.name for card in on_leaf.companies] == ["Leaf"]
    assert [card.name for card in on_top.companies] == ["Top", "Other", "Leaf"]
    assert on_leaf.companies_url == f"/companies/?industry={leaf.slug}"


@pytest.mark.usefixtures("bare_registry")
def test_higher_apps_add_panels(client: Client, templates: Path) -> None:
    (templates / "newest.html").write_text("<p>newest of {{ content.slug }}</p>")
    panel = CategoryPanel("newest", "Newest leads", "newest.html", lambda category, _: {"slug": category.slug})
    registry.register_category_panel(panel)
    registry.register_category_panel(CategoryPanel("none", "Silent panel", "newest.html", lambda *_: None))

    content = client.get(reverse("directory:category", args=["tea"])).content.decode()

    assert "<h2>Newest leads</h2>" in content
    assert "<p>newest of tea</p>" in content
    assert "Silent panel" not in content


def test_no_category_is_a_plain_404(client: Client) -> None:
    assert client.get(reverse("directory:category", args=["no-such-thing"])).status_code == 404


def test_loading_again_keeps_ids_and_what_the_operator_changed(client: Client) -> None:
    before = dict(Category.objects.values_list("slug", "id"))
    machines = Category.objects.get(slug="machinery")
    Category.objects.filter(slug="tea").update(name="Tea and maté", position=99, parent=machines, hs_codes=["0902"])
    Category.objects.filter(slug="nuts").delete()
    mine = TopCategoryFactory(slug="of-our-own")

    added = load_categories()

    assert added == 1
    after = dict(Category.objects.values_list("slug", "id"))
    assert {slug: after[slug] for slug in before if slug != "nuts"} == {
        slug: pk for slug, pk in before.items() if slug != "nuts"
    }
    tea = Category.objects.get(slug="tea")
    assert (tea.name, tea.position, tea.parent, tea.hs_codes) == ("Tea and maté", 99, machines, ["0902"])
    assert Category.objects.get(slug="nuts").parent == Category.objects.get(slug="food-and-beverages")
    assert Category.objects.filter(pk=mine.pk).exists()
    assert load_categories() == 0


def test_a_new_market_starts_with_the_whole_tree() -> None:
    assert Category.objects.filter(parent=None).count() == len(TREE)
    assert set(Category.objects.leaves().values_list("slug", flat=True)) == set(LEAVES)


def test_the_pages_cost_a_visitor_six_questions_at_most(client: Client, django_assert_max_num_queries: Any) -> None:
    for company in CompanyFactory.create_batch(12):
        company.industries.add(*Category.objects.filter(parent__slug="food-and-beverages")[:6])

    for url in (URL, "/categories/food-and-beverages/", "/categories/green-coffee/"):
        with django_assert_max_num_queries(6):
            assert client.get(url).status_code == 200
