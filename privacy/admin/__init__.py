"""Privacy’s work lists in admin, by subject."""

from privacy.admin import policies, receivers, requests, sweeps

__all__ = ["policies", "receivers", "requests", "sweeps"]
