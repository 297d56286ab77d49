"""Privacy’s work lists in admin, by subject."""

from privacy.admin import (
    breaches,
    contract_ends,
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
    "contract_ends",
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
