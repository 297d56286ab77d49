"""Why a lead was not changed, in words for its company; pages and the API say the same."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from offerboard.services import copies, lead_states
from offerboard.services import leads as services

REFUSALS: Mapping[type[Exception], Any] = {
    lead_states.CompanyNotListed: _(
        "Your company is not shown in the directory at the moment, so its leads cannot be public. Nothing is lost."
    ),
    lead_states.Incomplete: _("Something is still missing before this lead can be published."),
    services.NotADraft: _("This lead is no longer a draft. Nothing was changed."),
    services.NotEditable: _("This lead is closed and cannot be changed. Post a new one instead."),
    services.ChangedMeanwhile: _(
        "Somebody else has changed this lead meanwhile. Nothing was changed now: read it again, and change that."
    ),
    lead_states.NotPublished: _("This lead is not on the board. Nothing was changed."),
    lead_states.NotPaused: _("This lead is not paused, or it has expired. Nothing was changed."),
    lead_states.NotOpen: _("This lead is closed already."),
    lead_states.StillADraft: _("This lead is a draft, which nobody else has seen. Delete it instead."),
    lead_states.NotRenewable: _("Only a published or an expired lead can be renewed."),
    copies.NotCopyable: _("Our staff took this lead off the board, so it cannot be copied. Change it instead."),
    lead_states.RenewedToday: _("This lead runs its full time already. It can be renewed once a day."),
}
