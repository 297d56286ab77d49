"""Somebody called or wrote that they want no more mail: staff enter it, and it holds at once."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from mailings.forms.opting_out import OptOutForm
from mailings.models import Subscriber
from mailings.selectors.readers import is_known
from mailings.services import subscriptions as services
from mailings.topics import topics


class OptOutPages(admin.ModelAdmin):
    """For whoever may change what subscribers get, which is only to stop it."""

    def get_urls(self) -> list[URLPattern]:
        """An address for the form; it holds nobody's mail address, which is typed."""
        page = path("opt-out/", self.admin_site.admin_view(self.opt_out), name="mailings_opt_out")
        return [page, *super().get_urls()]

    def opt_out(self, request: HttpRequest) -> HttpResponse:
        """An address and topics; members, subscribers and addresses that are not known yet are treated alike."""
        if not request.user.has_perm("mailings.change_subscriber"):
            raise PermissionDenied
        form = OptOutForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            self._opt_out(request, form.cleaned_data)
            return redirect("admin:mailings_opt_out")
        context = {"title": _("Opt-out by telephone or letter"), "opts": self.opts, "form": form}
        shown = {**self.admin_site.each_context(request), **context}
        return TemplateResponse(request, "admin/mailings/subscriber/opt_out.html", shown)

    def _opt_out(self, request: HttpRequest, said: dict[str, Any]) -> None:
        refused, known = said["topics"], is_known(said["email"])
        left = services.opt_out(
            email=said["email"], refused=refused, language=get_language() or "en", now=timezone.now()
        )
        _note(request.user, _("Opt-out: %(how)s") % {"how": said["how"]}, [str(topics()[one].title) for one in refused])
        if left:
            told = ngettext(
                "It is recorded. %(n)s mail was being handed over and may still arrive; after it there is none.",
                "It is recorded. %(n)s mails were being handed over and may still arrive; after them there is none.",
                left,
            )
            messages.warning(request, told % {"n": left})
        else:
            messages.success(request, _("Unsubscribed. It holds from now on."))
        messages.info(request, _whom(said["email"], known=known))
        messages.info(request, _("New leads of saved searches and suggestions go on: the member chooses them."))


def _whom(email: str, *, known: bool) -> str:
    """Whose no it was, so that a slip of the pen is noticed while the caller is there."""
    if known:
        return _("It was entered for %(email)s, which is known here.") % {"email": email}
    return _("It was entered for %(email)s. Nobody here has this address: is it spelt right?") % {"email": email}


def _note(staff: Any, what: str, refused: list[str]) -> None:
    """Who entered it and what was refused; the address is in no log."""
    kind = ContentType.objects.get_for_model(Subscriber)
    LogEntry.objects.create(
        user=staff, content_type=kind, object_repr=what, action_flag=CHANGE, change_message=", ".join(refused)
    )
