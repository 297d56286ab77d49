"""The outbox and what comes back, campaigns and who reads them, and what members want to be told."""

from mailings.models.budget import DomainBudget
from mailings.models.campaign import Campaign
from mailings.models.campaign_text import CampaignText
from mailings.models.campaign_writer import CampaignWriter
from mailings.models.delivery import ENDED, FORGOTTEN, OPEN, Delivery, DeliveryQuerySet
from mailings.models.notification import MailPreference, WaitingNotice
from mailings.models.outage import Outage
from mailings.models.report import MailReport
from mailings.models.subscriber import ANSWERED_WITHIN, Subscriber, SubscriptionWish

__all__ = [
    "ANSWERED_WITHIN",
    "ENDED",
    "FORGOTTEN",
    "OPEN",
    "Campaign",
    "CampaignText",
    "CampaignWriter",
    "Delivery",
    "DeliveryQuerySet",
    "DomainBudget",
    "MailPreference",
    "MailReport",
    "Outage",
    "Subscriber",
    "SubscriptionWish",
    "WaitingNotice",
]
