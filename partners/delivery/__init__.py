"""Calling webhooks so that a crash loses nothing: rows are claimed under a lease, and a message keeps its id.

Files, in the order of a message's way: `stretches` cuts it off the feed, `claiming` takes it, `messages` writes it,
`signing` signs it, `targets`, `public_addresses` and `posting` bring it to where it may go, `settling` notes how that
went, `pausing` stops what does not answer. `sending` is a worker's shift over all of them.
"""

from partners.delivery.sending import send_due

__all__ = ["send_due"]
