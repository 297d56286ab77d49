"""Staff's pages about partners: who they are, what they asked for, their keys, and whom we call for them."""

from partners.admin import applications, keys, partners, services, webhooks

__all__ = ["applications", "keys", "partners", "services", "webhooks"]
