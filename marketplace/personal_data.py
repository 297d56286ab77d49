"""What Django’s own tables hold about people."""

from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.datamap import BLANK, Held, days_after, declare, found_by, kept, member, number_in, replaced_by
from privacy.purposes import STAFF_RECORD

REMOVED = _("[removed]")


def _changed_by_staff(member_id: int) -> Q:
    return Q(content_type__app_label="accounts", content_type__model="member", object_id=str(member_id))


def _changed_members(entries: Any) -> Any:
    return number_in("object_id")(entries.filter(content_type__app_label="accounts", content_type__model="member"))


CHANGED = found_by("object_id", _changed_by_staff, back=_changed_members)

declare(
    LogEntry,
    what=_("What our staff changed"),
    about=member("user"),
    why=STAFF_RECORD,
    keep=days_after(3 * 365, "action_time", _("3 years")),
    source=_("our staff"),
    erase=kept(_("kept under the number of the account: staff answer for what they did")),
    held="user action_time",
    object_repr=Held(about=CHANGED, erase=replaced_by(REMOVED)),
    change_message=Held(about=CHANGED, erase=BLANK),
    neutral="id content_type object_id action_flag",
    words={
        "user": _("who changed it"),
        "action_time": _("when it was changed"),
        "object_repr": _("name of what was changed"),
        "change_message": _("which details were changed"),
        "content_type": _("kind of what was changed"),
        "object_id": _("number of what was changed"),
        "action_flag": _("added, changed or deleted"),
    },
)
declare(ContentType, neutral="id app_label model")
declare(Permission, named_by="name", neutral="id name content_type codename")
declare(Group, named_by="name", neutral="id name")
declare(Group.permissions.through, neutral="id group permission")
