"""Handing mail over so that a crash neither loses nor silently repeats one.

Between a message's final dot and the server's answer nobody can know whether it was taken (RFC 1047). So a row is
marked `in_flight` in a transaction of its own after the message has been streamed and just before the dot: a worker
that dies earlier has sent nothing (RFC 5321, 4.1.1.4), one that dies later leaves a row that says so.
"""

from mailings.delivery.claiming import BATCH, LEASE
from mailings.delivery.sending import send_campaigns, send_due
from mailings.delivery.settling import MOST_ATTEMPTS, MOST_UNKNOWN, settle_abandoned

__all__ = ["BATCH", "LEASE", "MOST_ATTEMPTS", "MOST_UNKNOWN", "send_campaigns", "send_due", "settle_abandoned"]
