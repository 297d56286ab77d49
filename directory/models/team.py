"""Who acts for a company."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models.company import Company


class TeamMember(models.Model):
    """One person's role in one company; a person may be in several."""

    class Role(models.TextChoices):
        """What the person may do for the company."""

        OWNER = "owner", _("Owner")
        EDITOR = "editor", _("Editor")
        VIEWER = "viewer", _("Viewer")

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="team")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="teams")
    role = models.CharField(_("role"), max_length=8, choices=Role)
    joined_at = models.DateTimeField(_("joined at"))

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        constraints = [
            models.UniqueConstraint(name="team_member_once", fields=["company", "member"]),
            models.CheckConstraint(name="team_role_known", condition=Q(role__in=["owner", "editor", "viewer"])),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.get_role_display()}"


EDITORS = [TeamMember.Role.OWNER, TeamMember.Role.EDITOR]
