"""Privacy’s work lists in admin, by subject."""

from privacy.admin import policies, receivers, removals, requests, sweeps

__all__ = ["policies", "receivers", "removals", "requests", "sweeps"]
