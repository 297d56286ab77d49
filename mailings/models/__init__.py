"""The outbox and what comes back."""

from mailings.models.delivery import FORGOTTEN, Delivery, DeliveryQuerySet
from mailings.models.report import MailReport

__all__ = ["FORGOTTEN", "Delivery", "DeliveryQuerySet", "MailReport"]
