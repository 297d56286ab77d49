"""The outbox, what comes back, and how often members want to be told of what."""

from mailings.models.delivery import FORGOTTEN, Delivery, DeliveryQuerySet
from mailings.models.notification import MailPreference, WaitingNotice
from mailings.models.report import MailReport

__all__ = ["FORGOTTEN", "Delivery", "DeliveryQuerySet", "MailPreference", "MailReport", "WaitingNotice"]
