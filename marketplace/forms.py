"""How every form of the site is drawn: settings.FORM_RENDERER names MarketRenderer."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext

# The first widget class that fits decides; what fits none (hidden fields) gets no class.
CONTROL_CLASSES: tuple[tuple[tuple[type[forms.Widget], ...], str], ...] = (
    ((forms.RadioSelect, forms.CheckboxSelectMultiple, forms.CheckboxInput), "form-check-input"),
    ((forms.Select, forms.SelectDateWidget), "form-select"),
    ((forms.HiddenInput, forms.MultipleHiddenInput), ""),
    ((forms.widgets.Input, forms.Textarea, forms.MultiWidget), "form-control"),
)


def control_class(widget: forms.Widget) -> str:
    """The CSS class that dresses this widget, "" for hidden ones."""
    for kinds, css in CONTROL_CLASSES:
        if isinstance(widget, kinds):
            return css
    return ""


def repeats(placeholder: str, label: str) -> bool:
    """Whether a placeholder says no more than the label above it ("Email" and "Email address")."""
    said, above = placeholder.casefold(), label.casefold()
    return bool(said) and (said in above or above in said)


class MarketBoundField(BoundField):
    """A field that knows its shape, its label's ending and its control's class."""

    @property
    def shape(self) -> str:
        """How it is laid out: "tick" (one check box), "options" (radios, check lists) or "control" (the rest)."""
        if isinstance(self.field.widget, forms.CheckboxInput):
            return "tick"
        if isinstance(self.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
            return "options"
        return "control"

    @property
    def label_text(self) -> str:
        """The label, marked "(optional)" where the field may stay empty.

        A tick box needs no mark: leaving it alone is an answer. A form in which nothing is required, such as
        a filter, sets ``mark_optional = False``.
        """
        optional = not self.field.required and self.shape != "tick" and getattr(self.form, "mark_optional", True)
        return gettext("%(label)s (optional)") % {"label": self.label} if optional else str(self.label)

    @property
    def anchor(self) -> str:
        """The id that a link from the error summary leads to: the control, or the first of its options."""
        return self.id_for_label or (f"{self.auto_id}_0" if self.shape == "options" else self.auto_id)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Add the control's class to the widget's own, and drop a placeholder that only repeats the label."""
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        drawn = widget or self.field.widget
        classes = f"{drawn.attrs.get('class', '')} {control_class(drawn)}".strip()
        if classes:
            built["class"] = classes
        if repeats(str(drawn.attrs.get("placeholder", "")), str(self.label)):
            built["placeholder"] = False
        return built


class MarketRenderer(TemplatesSetting):
    """Draws forms with the project's templates (templates/django/forms) and the bound field above."""

    bound_field_class = MarketBoundField
