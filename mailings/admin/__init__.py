"""Staff's pages about mail: the outbox, what came back, mails to many and who reads them."""

from mailings.admin import budgets, campaigns, deliveries, reports, subscribers

__all__ = ["budgets", "campaigns", "deliveries", "reports", "subscribers"]
