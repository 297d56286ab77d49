"""The member: the person who logs in, invitations that bring persons into companies, and companies' keys."""

from datetime import datetime
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from phonenumber_field.modelfields import PhoneNumberField

from directory.models import Company, TeamMember
from partners.models import ApiKey
from privacy.addresses import of_mailbox


class MemberManager(BaseUserManager["Member"]):
    """Creates members; used by sign-up, commands and tests."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Member":
        """Save a member whose e-mail is stored in lower case; None makes the password unusable."""
        member = self.model(email=email.strip().lower(), **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Member":
        """Save an administrator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Member":
        """Find by e-mail, whatever its case."""
        return self.get(of_mailbox(username or ""))


class Member(AbstractBaseUser, PermissionsMixin):
    """A person with an account."""

    class State(models.TextChoices):
        """active ⇄ suspended; active → closing → closed."""

        ACTIVE = "active", _("active")
        SUSPENDED = "suspended", _("suspended")
        CLOSING = "closing", _("closing")
        CLOSED = "closed", _("closed")

    class Gender(models.TextChoices):
        """Asked only so that mail can be addressed as the person wishes."""

        FEMALE = "female", _("Female")
        MALE = "male", _("Male")
        OTHER = "other", _("Other")

    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("full name"), max_length=150)
    display_name = models.CharField(_("display name"), max_length=60, blank=True)
    title = models.CharField(_("title"), max_length=40, blank=True)
    gender = models.CharField(_("gender"), max_length=8, choices=Gender, blank=True)
    country = CountryField(_("country"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")  # of mail: any, whatever the pages speak
    time_zone = models.CharField(_("time zone"), max_length=50, default="UTC")
    adult_declared_at = models.DateTimeField(_("declared to be an adult at"), null=True, blank=True)
    accuracy_declared_at = models.DateTimeField(_("declared the details accurate at"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    is_active = models.GeneratedField(  # what Django and allauth ask before a log-in
        expression=Q(state__in=["active", "closing"]),  # type: ignore[arg-type]  # a Q is an expression too
        output_field=models.BooleanField(),
        db_persist=True,
    )
    is_staff = models.BooleanField(_("staff"), default=False, help_text=_("May open the admin pages."))
    joined_at = models.DateTimeField(_("joined at"), default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    objects = MemberManager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="member_email_once_in_any_case"),
            models.CheckConstraint(
                name="member_state_known", condition=Q(state__in=["active", "suspended", "closing", "closed"])
            ),
            models.CheckConstraint(name="member_gender_known", condition=Q(gender__in=["", "female", "male", "other"])),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """How the site addresses and shows the person."""
        return self.display_name or self.full_name

    @property
    def gets_news(self) -> bool:
        """Whether mail brings more than the person has a right to know: not while suspended, nor to who is leaving."""
        return self.state == self.State.ACTIVE


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """The questions asked about invitations; each chains onto the next."""

    def open(self, *, at: datetime) -> Self:
        """Invitations that can still be accepted."""
        return self.filter(accepted_at=None, expires_at__gt=at)


class Invitation(models.Model):
    """Asks the holder of an e-mail address into a company's team; the link's token is stored as a hash only."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=8, choices=TeamMember.Role, default=TeamMember.Role.EDITOR)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="invitations_sent")
    invited_at = models.DateTimeField(_("invited at"))
    expires_at = models.DateTimeField(_("expires at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(name="invitation_role_known", condition=Q(role__in=["owner", "editor", "viewer"])),
            models.UniqueConstraint(  # inviting again renews the one that is open
                "company", Lower("email"), name="invitation_open_once", condition=Q(accepted_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.company}"

    def is_open(self, *, at: datetime) -> bool:
        """Whether it can still be accepted; says of one what `open` says of many."""
        return self.accepted_at is None and self.expires_at > at


class CompanyKey(models.Model):
    """For which company a member's key acts, while its member may: see accounts.company_keys."""

    key = models.OneToOneField(ApiKey, on_delete=models.CASCADE, related_name="made_for", verbose_name=_("key"))
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="keys", verbose_name=_("company"))

    class Meta:
        verbose_name = _("company’s key")
        verbose_name_plural = _("companies’ keys")

    def __str__(self) -> str:
        return f"{self.key} · {self.company}"
