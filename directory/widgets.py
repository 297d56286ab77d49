"""Controls for choosing several things from a long list."""

from typing import Any

from django import forms


class GroupedChecks(forms.CheckboxSelectMultiple):
    """Check boxes of which the chosen stand first and the others in groups that unfold; works without JavaScript."""

    template_name = "directory/grouped_checks_widget.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add `plain`, the options that are always seen, and `groups`: names with the options folded into them."""
        context = super().get_context(name, value, attrs)
        groups = [(group, options) for group, options, _index in context["widget"]["optgroups"]]
        context["plain"] = [
            option for group, options in groups for option in options if group is None or option["selected"]
        ]
        context["groups"] = [
            (group, [option for option in options if not option["selected"]]) for group, options in groups if group
        ]
        return context


class GroupedChoiceField(forms.MultipleChoiceField):
    """Several of many, at most `most`."""

    widget = GroupedChecks

    def __init__(self, *, most: int, too_many: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.template_name = "directory/grouped_checks.html"
        self.most = most
        self.too_many = too_many

    def validate(self, value: list[str]) -> None:
        """Refuse unknown choices, then too many."""
        super().validate(value)
        if len(value) > self.most:
            raise forms.ValidationError(self.too_many, code="too_many")
