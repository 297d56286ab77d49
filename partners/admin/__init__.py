"""Staff's pages about programs of partners and members."""

from partners.admin import webhooks

__all__ = ["webhooks"]
