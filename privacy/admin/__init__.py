"""Privacy’s work lists in admin, by subject."""

from privacy.admin import (
    breaches,
    corrections,
    holds,
    leaving,
    policies,
    receipts,
    receivers,
    removals,
    requests,
    sweeps,
)

__all__ = [
    "breaches",
    "corrections",
    "holds",
    "leaving",
    "policies",
    "receipts",
    "receivers",
    "removals",
    "requests",
    "sweeps",
]
