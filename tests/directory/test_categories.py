"""The shipped tree: short addresses, no name twice, every code a real one."""

from collections import Counter

from directory import hs
from directory.categories import LEAVES, TREE


def test_there_are_about_25_industries_of_about_10_categories() -> None:
    sizes = [len(top.leaves) for top in TREE]

    assert 20 <= len(TREE) <= 30
    assert 250 <= sum(sizes) <= 320
    assert min(sizes) >= 10


def test_no_address_is_used_twice() -> None:
    slugs = [top.slug for top in TREE] + [leaf.slug for top in TREE for leaf in top.leaves]

    assert [slug for slug, times in Counter(slugs).items() if times > 1] == []


def test_no_two_categories_have_one_name() -> None:
    names = [str(leaf.name) for leaf in LEAVES.values()]

    assert [name for name, times in Counter(names).items() if times > 1] == []


def test_addresses_and_names_fit_the_table() -> None:
    everything = [(top.slug, str(top.name)) for top in TREE] + [(slug, str(leaf.name)) for slug, leaf in LEAVES.items()]

    assert [slug for slug, name in everything if len(slug) > 60 or len(name) > 80] == []


def test_every_code_is_a_chapter_or_heading_of_the_harmonized_system() -> None:
    unknown = [
        (leaf.slug, code)
        for leaf in LEAVES.values()
        for code in leaf.hs
        if not (code in hs.CHAPTERS if len(code) == 2 else hs.heading_exists(code))
    ]

    assert unknown == []


def test_a_leaf_without_codes_is_a_service() -> None:
    services = {top.slug for top in TREE for leaf in top.leaves if not leaf.hs}

    assert services == {"trade-services"}


def test_all_goods_but_arms_have_a_place() -> None:
    covered = {code[:2] for leaf in LEAVES.values() for code in leaf.hs}

    assert set(hs.CHAPTERS) - covered == {"93"}
