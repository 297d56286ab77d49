"""Privacy’s work lists in admin, by subject."""

from privacy.admin import policies, requests

__all__ = ["policies", "requests"]
