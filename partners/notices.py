"""What holders of webhooks are told by mail."""

from django.utils.translation import gettext_lazy as _

from mailings.notices import NoticeKind, register_notices

WEBHOOK_PAUSED = NoticeKind(
    key="webhook_paused",
    template="webhook_paused",
    title=_("Webhooks that were paused"),
    hint=_("An address of your program did not answer for three days, or said that it is gone, or its key has ended."),
)


def register() -> None:
    """Make it known to those who choose how often they are told of other things."""
    register_notices(WEBHOOK_PAUSED)
