"""Keys with which programs act for my company. A secret stands on the page that answers its making, and nowhere else.

It is in no session and no message, the page is kept by no cache, and sending the form again makes no second key.
"""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import company_required, owner_required
from accounts.acting import MemberRequest
from accounts.company_keys import keys_page
from accounts.models import CompanyKey
from accounts.services import company_keys as services
from partners.forms.keys import LifetimeForm, NewKeyForm
from partners.scopes import OF_MEMBERS
from partners.selectors.usage import usage_page
from partners.services.keys import MOST_OF_MEMBER, OVERLAP, AlreadyMade, AlreadyRenewed, IssuedKey, TooManyKeys

PAGE = require_http_methods(["GET", "HEAD", "POST"])
ONCE = gettext_lazy("This key is made already. Its secret is shown only once; renew the key if you did not keep it.")


@require_safe
@company_required
def keys(request: MemberRequest) -> HttpResponse:
    """Everybody in the team sees which keys there are."""
    page = keys_page(company=request.acting.company, reader=request.user, at=timezone.now())
    return render(request, "accounts/keys.html", {"page": page, "acting": request.acting})


@require_safe
@company_required
def usage(request: MemberRequest, pk: int) -> HttpResponse:
    """How often a key of the company was used, day by day; for everybody in the team."""
    own = CompanyKey.objects.filter(company=request.acting.company).select_related("key")
    key = get_object_or_404(own, key=pk).key
    page = usage_page(key, now=timezone.now())
    return render(request, "accounts/key_usage.html", {"key": key, "page": page, "acting": request.acting})


@never_cache
@PAGE
@owner_required
def new_key(request: MemberRequest) -> HttpResponse:
    """What it is for, what it may do, and when it ends."""
    form = NewKeyForm(request.POST if request.method == "POST" else None, offered=OF_MEMBERS)
    if form.is_valid():
        answer: HttpResponse = _make(request, form)  # what is missing is said before the password is asked for
        return answer
    return _form(request, form)


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth is
def _make(request: MemberRequest, form: NewKeyForm) -> HttpResponse:
    """With the password given a moment ago; else allauth asks for it, and sends the same form again."""
    said, now = form.cleaned_data, timezone.now()
    try:
        issued = services.make_company_key(
            company=request.acting.company,
            owner=request.user,
            name=said["name"],
            scopes=said["scopes"],
            expires_at=form.expires_at(now=now),
            submission=said["submission"],
            now=now,
        )
    except AlreadyMade:
        messages.warning(request, ONCE)
        return redirect("accounts:keys")
    except TooManyKeys:
        form.add_error(None, _too_many())
        return _form(request, form)
    return _made(request, issued)


@never_cache
@PAGE
@owner_required
def renew(request: MemberRequest, pk: int) -> HttpResponse:
    """Another secret for one's own key; the old one works for some days yet."""
    own = CompanyKey.objects.filter(company=request.acting.company, key__member=request.user)
    company_key = get_object_or_404(own.select_related("key", "company"), key=pk)
    form = LifetimeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        answer: HttpResponse = _renew(request, company_key, form)
        return answer
    context = {"form": form, "key": company_key.key, "acting": request.acting, "days": OVERLAP.days}
    return render(request, "accounts/renew_key.html", context)


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth is
def _renew(request: MemberRequest, company_key: CompanyKey, form: LifetimeForm) -> HttpResponse:
    now = timezone.now()
    try:
        issued = services.renew_company_key(
            company_key=company_key, owner=request.user, expires_at=form.expires_at(now=now), now=now
        )
    except AlreadyRenewed:
        messages.warning(request, _("This key was renewed before, or it opens nothing any more."))
    except TooManyKeys:
        messages.error(request, _too_many())
    else:
        return _made(request, issued, renewed=company_key.key)
    return redirect("accounts:keys")


@never_cache
@PAGE
@owner_required
def revoke(request: MemberRequest, pk: int) -> HttpResponse:
    """A second look, and the button that ends it, whoever of the company made it."""
    own = CompanyKey.objects.filter(company=request.acting.company).select_related("key__member", "company")
    company_key = get_object_or_404(own, key=pk)
    if request.method == "POST":
        answer: HttpResponse = _revoke(request, company_key)
        return answer
    return render(request, "accounts/revoke_key.html", {"key": company_key.key, "acting": request.acting})


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth is
def _revoke(request: MemberRequest, company_key: CompanyKey) -> HttpResponse:
    if services.revoke_company_key(company_key=company_key, owner=request.user, now=timezone.now()):
        messages.success(request, _("The key “%(key)s” opens nothing any more.") % {"key": company_key.key.name})
    else:
        messages.info(request, _("This key was revoked before."))
    return redirect("accounts:keys")


def _form(request: MemberRequest, form: NewKeyForm) -> HttpResponse:
    return render(request, "accounts/new_key.html", {"form": form, "acting": request.acting})


def _made(request: MemberRequest, issued: IssuedKey, **context: object) -> HttpResponse:
    """The only page that ever shows the secret."""
    return render(request, "accounts/key_made.html", {"issued": issued, "days": OVERLAP.days, **context})


def _too_many() -> str:
    return _("You have as many keys as one person may: %(most)s. Revoke one that nobody uses.") % {
        "most": MOST_OF_MEMBER
    }
