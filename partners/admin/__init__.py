"""Staff's pages about partners: who they are, what they asked for, and their keys."""

from partners.admin import applications, keys, partners

__all__ = ["applications", "keys", "partners"]
