"""Who pulls listings, with which keys, what has changed for them, and who is called when it has."""

from partners.models.api_key import ApiKey
from partners.models.application import PartnerApplication
from partners.models.connected_service import ConnectedService, Connection
from partners.models.feed import Change, Feed, Mark
from partners.models.idempotent_call import IdempotentCall
from partners.models.page import PartnerPage
from partners.models.pairwise_id import PairwiseId
from partners.models.partner import Partner
from partners.models.usage import FeedReading, KeyUsage
from partners.models.webhook import MOST_OF_HOLDER, Webhook
from partners.models.webhook_delivery import WebhookDelivery

__all__ = [
    "MOST_OF_HOLDER",
    "ApiKey",
    "Change",
    "ConnectedService",
    "Connection",
    "Feed",
    "FeedReading",
    "IdempotentCall",
    "KeyUsage",
    "Mark",
    "PairwiseId",
    "Partner",
    "PartnerApplication",
    "PartnerPage",
    "Webhook",
    "WebhookDelivery",
]
