"""Writing to another company."""

import uuid
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from offerboard.forms.lead_fields import LineField
from privacy.masking import visible

MOST_CHARACTERS = 8000


class MessageField(forms.CharField):
    """Free text whose length counts a line break once, as its reader does; browsers send it as two characters."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}), **options)
        # Not `max_length`: browsers cut off what is pasted beyond that attribute without a word.
        self.validators.append(
            MaxLengthValidator(
                MOST_CHARACTERS, _("Please shorten the message to 8,000 characters; it has %(show_value)s.")
            )
        )

    def to_python(self, value: Any) -> str:
        """The text with plain line breaks; what nobody sees is nothing."""
        return visible(str(super().to_python(value)).replace("\r\n", "\n"))


class ReplyForm(forms.Form):
    """The next message of a thread; `submission` tells a second press of the button from a second message."""

    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    text = MessageField(label=_("Reply"), error_messages={"required": _("Please write something first.")})


class InquiryForm(forms.Form):
    """The first message about a lead, or the next one if a thread exists."""

    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    text = MessageField(
        label=_("Message"),
        help_text=_("Say what you need, where to, and by when. Phone numbers and e-mail addresses are hidden."),
        error_messages={"required": _("Please write what you want to know.")},
    )


class CompanyInquiryForm(InquiryForm):
    """The first message to a company in general, which has no lead to name it."""

    subject = LineField(
        label=_("Subject"),
        longest=160,
        too_long=_("Please shorten the subject to %(limit_value)s characters; it has %(show_value)s."),
        error_messages={"required": _("Please say in a few words what it is about.")},
    )
    field_order = ["submission", "subject", "text"]
