"""Contact details in free text are hidden; trade language is left alone."""

import pytest

from privacy.masking import holds_contacts, mask_contacts


@pytest.mark.promise("contact-details-masked")
@pytest.mark.parametrize(
    "contact",
    [
        "amara@example.com",
        "amara.okonkwo+sales@mail.example.co.uk",
        "amara (at) example (dot) com",
        "amara [at] example.com",
        "+84 262 381 2345",
        "+842623812345",
        "0084 262 381 2345",
        "WhatsApp: 0913 456 789",
        "tel. (028) 3825-4321",
        "my number is 0913456789",
    ],
)
def test_a_contact_is_hidden_wherever_it_stands(contact: str) -> None:
    """And the words around it stay."""
    masked = mask_contacts(f"Fresh crop. {contact} is ours. Please inquire.")

    assert masked.startswith("Fresh crop. ")
    assert masked.endswith(" is ours. Please inquire.")
    assert "hidden]" in masked
    assert not any(part in masked for part in ("example", "381 2345", "0913", "3825"))


@pytest.mark.parametrize(
    "words",
    [
        "Robusta grade 1, screen 18, moisture 12.5 % at most, crop 2026/27",
        "HS 0901.11.00, 19.2 to 96 t, USD 4,180.00 per tonne FOB",
        "Galvanised coils DX51D+Z275, 0.50 x 1250 mm, 10 000 000 pieces",
        "EN 10346:2015, lot 2026-11-22-004, 60 kg bags, 320 bags in a 20 ft container",
        "Price @ USD 3 per piece, delivery 15.01.2027 to 28.02.2027",
        "CIF @ Haiphong. Contact us for samples",
        "تمور مجدول جامبو، كرتون 5 كغ",
    ],
)
def test_numbers_of_the_trade_are_left_alone(words: str) -> None:
    """Quantities, codes, standards, dates."""
    assert (mask_contacts(words), holds_contacts(words)) == (words, False)


def test_masking_twice_changes_nothing_more() -> None:
    """Edited texts are masked again."""
    once = mask_contacts("Write to amara@example.com or call +84 262 381 2345")

    assert mask_contacts(once) == once


@pytest.mark.promise("contact-details-masked")
@pytest.mark.parametrize("unseen", ["\u200b", "\xad", "\x01", "\u2060", "\u202e"])
def test_signs_that_nobody_sees_hide_no_address(unseen: str) -> None:
    assert mask_contacts(f"Write to amara@exam{unseen}ple.com today") == "Write to [e-mail hidden] today"


def test_joiners_that_words_need_stay_and_unseen_signs_alone_are_no_contact() -> None:
    assert mask_contacts("می\u200cخواهم") == "می\u200cخواهم"
    assert not holds_contacts("Amara\u200b Ltd")
