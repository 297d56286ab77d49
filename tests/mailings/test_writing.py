"""How staff write to many: what becomes HTML, what the text says, and what cannot be smuggled in."""

import pytest

from mailings.models import CampaignText
from mailings.writing.markup import EXPLAINED, as_html, as_text, links_in
from mailings.writing.mistakes import mistakes_in
from mailings.writing.promotion import promotion_in

WORDS = """Good news & <more>.
Second line.

## What is **new**

- a filter, by [Incoterm](https://market.example/leads/)
- *mails*

1. one
2. two"""


def test_a_text_becomes_few_kinds_of_elements() -> None:
    html = as_html(WORDS)

    assert "<p>Good news &amp; &lt;more&gt;.\nSecond line.</p>" in html
    assert "<h2>What is <strong>new</strong></h2>" in html
    assert '<li>a filter, by <a href="https://market.example/leads/">Incoterm</a></li>' in html


def test_the_twin_reads_well_as_text() -> None:
    """The address of a link in a line of its own, below what it belongs to."""
    assert as_text(WORDS) == (
        "Good news & <more>. Second line.\n\nWhat is new\n\n- a filter, by Incoterm\n"
        "https://market.example/leads/\n- mails\n\n1. one\n2. two"
    )


@pytest.mark.parametrize(
    "smuggled",
    [
        "<img src=https://elsewhere.example/x.png>",
        "<script>alert(1)</script>",
        "[click](javascript:alert(1))",
        "[click](data:text/html,x)",
        "[click](https:elsewhere.example)",
        "[click](http://[)",
        "javascript://elsewhere.example/%0aalert(1)",
        "ftp://elsewhere.example/",
        "https://",
    ],
)
def test_nothing_can_be_loaded_or_run(smuggled: str) -> None:
    html = as_html(smuggled)

    assert not any(tag in html for tag in ("<img", "<script", "<a "))
    assert links_in(smuggled) == []


@pytest.mark.parametrize(
    ("words", "address", "after"),
    [
        ("Read https://fair.example/a?b=1&c=2.", "https://fair.example/a?b=1&amp;c=2", ".</p>"),
        ("Read it (https://fair.example/), all of it", "https://fair.example/", "), all"),
        ("https://fair.example/hall_(12)!", "https://fair.example/hall_(12)", "!</p>"),
        ("**HTTP://fair.example**", "HTTP://fair.example", "</strong>"),
        ("请访问https://fair.example/。", "https://fair.example/", "。</p>"),
        ("اقرأ https://fair.example/، اليوم", "https://fair.example/", "، اليوم"),
        ('https://fair.example/"onclick="x', "https://fair.example/", "&quot;onclick=&quot;x"),
        ("<https://fair.example/>", "https://fair.example/", "&gt;</p>"),
    ],
)
def test_an_address_in_the_text_is_a_link_without_the_signs_that_follow_it(
    words: str, address: str, after: str
) -> None:
    """In text it stands where it stood, and not a second time below."""
    assert f'<a href="{address}">{address}</a>{after}' in as_html(words)
    assert as_text(words) == words.replace("*", "")


def test_a_link_whose_words_are_an_address_holds_no_second_link() -> None:
    assert links_in("[https://shop.example](http://localhost:8000/)") == ["http://localhost:8000/"]


@pytest.mark.parametrize(
    ("place", "html"),
    [
        (0, "<p><strong>words</strong></p>"),
        (1, "<p><em>words</em></p>"),
        (2, "<h2>words</h2>"),
        (3, "<ul>\n<li>words</li>\n</ul>"),
        (4, "<ol>\n<li>words</li>\n</ol>"),
        (5, '<p><a href="https://example.com/">words</a></p>'),
        (6, '<p><a href="https://example.com/">https://example.com/</a></p>'),
        (8, "<p>*</p>"),
    ],
)
def test_each_example_that_writers_are_shown_becomes_what_they_are_told(place: int, html: str) -> None:
    assert as_html(EXPLAINED[place][0]) == html


def test_a_line_ends_where_writers_are_told_that_it_ends() -> None:
    assert as_html(f"{EXPLAINED[7][0]}\nmore") == "<p>words<br>\nmore</p>"


def test_a_page_of_the_market_may_be_named_by_its_path() -> None:
    assert as_html("[board](/leads/)") == '<p><a href="http://localhost:8000/leads/">board</a></p>'
    assert as_text("[board](/leads/)") == "board\nhttp://localhost:8000/leads/"
    assert "<a" not in as_html("[elsewhere](//elsewhere.example/)")


def test_the_subject_is_the_only_first_heading() -> None:
    assert as_html("# Big\n\n### Small") == "<h2>Big</h2>\n<h3>Small</h3>"


def test_a_picture_is_a_link_to_one() -> None:
    """So that nobody learns who has opened the mail, and when."""
    html = as_html("![picture](https://elsewhere.example/x.png)")

    assert html == '<p>!<a href="https://elsewhere.example/x.png">picture</a></p>'


@pytest.mark.parametrize(
    "words",
    [
        "Members can now filter sell offers by Incoterm.",
        "Fraud warning: somebody offers coffee that is not there. Never pay before you have seen papers.",
        "The board will be closed on Sunday from 2 to 4 o’clock.",
        "100 % of our servers move to another place.",
        "The offer that you posted stays where it is. [Help](http://localhost:8000/help/)",
        "Read http://localhost:8000/help/, (http://localhost:8000) or http://localhost:8000。",
        "Write to [us](mailto:hello@market.example).",
        "Papers for customs clearance are now a field of their own. Trade promotion councils helped us.",
        "La remise en service est prévue pour dimanche.",
        "The terms of sale, a sales contract, a point of sale and goods for sale are what leads are about.",
        "A law on sale of goods holds from May. Annual sales reports may be attached.",
        "We will upgrade to new servers on Sunday. Please upgrade your browser.",
        "The upgrade to PostgreSQL 18 takes up to 30 % longer than the last one.",
        "We moved on Sunday.It took an hour, e.g. for GmbH & Co.KG, S.p.A. and Sh.p.k., in list.csv and in 2.10.",
        "Write to hello@shop.example.com or to info.de@shop.example.",
    ],
)
def test_plain_words_of_a_market_are_no_promotion(words: str) -> None:
    """A trade lead is an offer; nobody is kept from saying so."""
    assert promotion_in(CampaignText(subject="News", body=words)) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Save up to 30 %!", "“save up to”"),
        ("Now 15% off for all", "“15% off”"),
        ("Use the COUPON below", "“coupon”"),
        ("Nur heute: Rabatt", "“rabatt”"),
        ("سارع: خصم كبير", "“خصم”"),
        ("全场促销", "“促销”"),
        ("[here](https://shop.example/)", "“https://shop.example/”"),
        ("More at https://shop.example.", "“https://shop.example”"),
        ("More at HTTPS://shop.example/a?b=1, today", "“HTTPS://shop.example/a?b=1”"),
        ("More (www.shop.example)", "“www.shop.example”"),
        ("请访问www.shop.example。", "“www.shop.example”"),
        ("More at https:\\/\\/shop.example", "“https://shop.example”"),
        ("More at ht*tps*://shop.example", "“https://shop.example”"),
        ("[https://shop.example](http://localhost:8000/)", "“https://shop.example”"),
        ("https://localhost:8000@shop.example/", "“https://localhost:8000@shop.example/”"),
        ("https://shop.example/hall_(12)!", "“https://shop.example/hall_(12)”"),
        ("Big summer sale for premium members", "“summer sale”"),
        ("All cocoa is on sale", "“on sale”"),
        ("The sale ends on Sunday", "“sale ends”"),
        ("Upgrade to premium today", "“Upgrade to”"),
        ("You can upgrade your membership", "“upgrade your”"),
        ("and save money.", "“save money”"),
        ("Save 30 % with us", "“Save 30 %”"),
        ("Sparen Sie bis zu 30 %", "“sparen sie bis zu”"),
        ("Großer Sommerschlussverkauf", "“sommerschlussverkauf”"),
        ("Économisez dès demain", "“économisez”"),
        ("Ahorre dinero", "“ahorre”"),
        ("省钱", "“省钱”"),
        ("Visit acme.example.com", "“acme.example.com”"),
        ("Visit ACME.COM.", "“ACME.COM”"),
        ("请访问acme-trade.vn。", "“acme-trade.vn”"),
        ("[acme.example.com](/leads/)", "“acme.example.com”"),
    ],
)
def test_advertising_is_named_where_it_stands(words: str, found: str) -> None:
    assert found in promotion_in(CampaignText(subject="News", body=words))


QUOTES = ["“{}”", '"{}"', "«{}»", "„{}“", "„{}”", "「{}」"]


@pytest.mark.parametrize("marks", QUOTES)
def test_a_warning_against_fraud_may_quote_what_it_warns_of(marks: str) -> None:
    """No other announcement may; and what stands beside the quotation is said, not quoted."""
    body = f"Do not answer mails that say {marks.format('Save 30 %, buy now')}."
    quoting, selling = CampaignText(subject="Warning", body=body), CampaignText(subject="x", body=f"{body} Buy now!")

    assert promotion_in(quoting, reason="fraud") == []
    assert promotion_in(quoting, reason="security") == promotion_in(quoting) == ["“buy now”", "“Save 30 %”"]
    assert promotion_in(selling, reason="fraud") == ["“buy now”"]


@pytest.mark.parametrize("marks", QUOTES)
@pytest.mark.parametrize("link", ["https://shop.example/x", "www.shop.example", "acme.example.com"])
def test_a_link_is_one_also_where_it_is_quoted(marks: str, link: str) -> None:
    """Whoever reads the warning could follow it."""
    words = CampaignText(subject="Warning", body=f"They write {marks.format(f'buy now at {link} today')}.")

    assert promotion_in(words, reason="fraud") == [f"“{link}”"]


def test_a_quotation_ends_with_its_paragraph() -> None:
    """A mark that somebody forgot lets nothing else through."""
    words = CampaignText(subject="Warning", body="They write “send money.\n\nBuy now, says our partner”.")

    assert promotion_in(words, reason="fraud") == ["“buy now”"]


# --- what would arrive as raw signs ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "line", "said"),
    [
        ("One.\n\n[x](javascript:alert(1))", 3, "the link “[x](javascript:alert(1))” leads nowhere"),
        ("[x](leads/)", 1, "or with / where it is one of our own pages"),
        ("[x](https://a.example/our list)", 1, "and has no blank"),
        ("[x]()", 1, "leads nowhere"),
        ("[two\nlines](data:text/html,x)", 1, "leads nowhere"),
        ("One.\n![pix](http://a.example/p)", 2, "Write a link to it, [pix](http://a.example/p), or take it out."),
    ],
)
def test_what_would_arrive_as_raw_signs_is_named_with_its_line_and_a_way_out(words: str, line: int, said: str) -> None:
    (found,) = mistakes_in(words)

    assert (found.line, f"Line {line}: " in found.words, said in found.words) == (line, True, True)


@pytest.mark.parametrize(
    "words",
    [
        *(example for example, _becomes in EXPLAINED),
        WORDS,
        '[fair](https://fair.example/hall_(12) "Hall 12") and [us](mailto:hello@market.example)',
        "[board](/leads/) and [board](</leads/>)",
        "Write \\[x](javascript:x) to see the signs. A note [1] (see below), and f(x)[1].",
        "**[board](/leads/)**!",
    ],
)
def test_what_becomes_what_it_means_is_no_mistake(words: str) -> None:
    assert mistakes_in(words) == []


def test_an_address_in_the_subject_is_found_too() -> None:
    assert promotion_in(CampaignText(subject="www.shop.example", body="News.")) == ["“www.shop.example”"]
