"""Privacy’s work lists in admin, by subject."""

from privacy.admin import breaches, corrections, holds, policies, receipts, receivers, requests

__all__ = ["breaches", "corrections", "holds", "policies", "receipts", "receivers", "requests"]
