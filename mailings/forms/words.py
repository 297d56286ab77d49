"""Words that staff write, without the signs that are no writing: mail programs and servers disagree on those."""

import re
from typing import Any

from django import forms

NEW_LINE = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but the tab and the new line


class ParagraphsField(forms.CharField):
    """Several lines, parted as Unix does; browsers send both signs."""

    def to_python(self, value: Any) -> str | None:
        """What was typed with one sign at the end of each line and no other control signs but tabs."""
        if isinstance(value, str):
            value = CONTROL.sub("", NEW_LINE.sub("\n", value))
        return super().to_python(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other words were typed; how the browser parts lines does not count."""
        return super().has_changed(self.to_python(initial), data)


class LineField(ParagraphsField):
    """One line, whatever is pasted into it."""

    def to_python(self, value: Any) -> str | None:
        """The same in one line, with blanks for tabs and ends of lines."""
        found = super().to_python(value)
        return re.sub(r"[\t\n]+", " ", found) if found else found
