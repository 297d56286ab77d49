"""What policies of this kind usually allow, and ours does not."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

# What is commonly claimed, why we refuse it, what we do instead.
REFUSALS = (
    (
        _("“We may sell or rent our members’ details.”"),
        _("You give them to trade, not to be traded."),
        _("There is one way out for data in the program, and it refuses every receiver that the policy does not name."),
    ),
    (
        _("“We share data with selected third parties.”"),
        _("Nobody can object to somebody who has no name."),
        _("Each company that gets data is named with country and task, and you see what went to whom and why."),
    ),
    (
        _("“Partners may use your address for their offers.”"),
        _("An address that was given away once cannot be called back."),
        _("If you ever want such offers, we send them ourselves. Your address stays here."),
    ),
    (
        _("“To stop our mails, write us a letter.”"),
        _("A no must be as easy as a yes."),
        _("Yes and no are two buttons of one size, for each subject and each way of reaching you."),
    ),
    (
        _("“By signing up you agree to receive news.”"),
        _("A yes that is hidden in something else is none."),
        _("Signing up asks for no such consent. Every answer is a no until you say otherwise."),
    ),
    (
        _("“We may change this policy; using the site means that you agree.”"),
        _("Silence is not a yes."),
        _("A change that matters is mailed to every member at least 14 days before, and never applies to the past."),
    ),
    (
        _("“We and our advertisers use beacons and cookies to learn what interests you.”"),
        _("Reading about goods is nobody else’s business."),
        _("No page and no mail loads anything from elsewhere. One cookie for your theme is set, after your yes."),
    ),
    (
        _("“We keep data as long as it is useful to us.”"),
        _("What is kept for ever leaks one day."),
        _("Each kind of data has its time, in the tables of the policy."),
    ),
    (
        _("“We complete your profile with data from other sources.”"),
        _("You should know what is known about you."),
        _("We buy no data. What does not come from you is named in the tables, with where it comes from."),
    ),
    (
        _("“Premium members are trusted members.”"),
        _("Trust that can be bought tells a buyer nothing."),
        _("A badge is a check with a date and an end, and nobody can pay for one."),
    ),
    (
        _("“What has been published cannot be removed.”"),
        _("You may change your mind."),
        _("What you withdraw is gone from every page, feed and search of this market in the same moment."),
    ),
)


@require_safe
def refusals(request: HttpRequest) -> HttpResponse:
    """Each claim with our answer."""
    return render(request, "privacy/refusals.html", {"refusals": REFUSALS})
