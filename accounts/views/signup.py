"""Signing up, with a company of one's own or by invitation."""

from typing import Any

from allauth.account.views import SignupView
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.functional import cached_property

from accounts import selectors
from accounts.forms.signup import InvitedSignUpForm, SignUpForm
from accounts.models import Invitation
from accounts.services.invitations import InvitationClosed, token_hash
from accounts.services.signup import EmailTaken


class SignUpView(SignupView):  # type: ignore[misc]
    """allauth's sign-up in one transaction, and shorter for those who come back from an invitation (?next=)."""

    @cached_property
    def invitation_token(self) -> str:
        """The token in the address that the person comes from, or ""."""
        try:
            match = resolve((self.get_next_url() or "").partition("?")[0])
        except Resolver404:
            return ""
        return str(match.kwargs["token"]) if match.view_name == "accounts:invitation" else ""

    @cached_property
    def invitation(self) -> Invitation | None:
        """The open invitation that the person follows; without one the ordinary form is shown."""
        if not self.invitation_token:
            return None
        found = selectors.invitation_by_hash(token_hash(self.invitation_token))
        return found if found is not None and found.is_open(at=timezone.now()) else None

    def get_form_class(self) -> type[SignUpForm | InvitedSignUpForm]:
        """The person's half only, for the invited."""
        return InvitedSignUpForm if self.invitation else SignUpForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """The invitation fixes the address."""
        kwargs: dict[str, Any] = super().get_form_kwargs()
        if self.invitation:
            kwargs |= {"invitation": self.invitation, "token": self.invitation_token}
        return kwargs

    def get_template_names(self) -> list[str]:
        """A page that says who invites, for the invited."""
        return ["accounts/sign_up_invited.html"] if self.invitation else ["account/signup.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What allauth's template gets, and the invitation."""
        context: dict[str, Any] = super().get_context_data(invitation=self.invitation, **kwargs)
        return context

    def form_valid(self, form: SignUpForm | InvitedSignUpForm) -> HttpResponse:
        """Person, company and the mail with the link are stored together or not at all."""
        if form.account_already_exists:
            make_password(form.cleaned_data["password1"])  # the answer takes as long as for a new address
        try:
            with transaction.atomic(durable=True):
                return self._answer(form)
        except InvitationClosed:
            return redirect("accounts:invitation", self.invitation_token)
        except EmailTaken:
            form.account_already_exists = True
        with transaction.atomic(durable=True):
            return self._answer(form)

    def _answer(self, form: SignUpForm | InvitedSignUpForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        return response
