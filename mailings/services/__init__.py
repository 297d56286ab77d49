"""What the outbox does for others; the rest of its services are imported by the names of their files."""

from mailings.services.queueing import queue_mail, queue_message

__all__ = ["queue_mail", "queue_message"]
