"""Staff's pages about mail: the outbox, what came back, mails to many and who reads them."""

from mailings.admin import campaigns, deliveries, reports

__all__ = ["campaigns", "deliveries", "reports"]
