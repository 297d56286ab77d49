"""Every kind of problem: what it means and what a program does about it. The manual and the schema list them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind; its name ends the address that `type` holds."""

    name: str
    status: int
    means: str
    remedy: str


KINDS = (
    ProblemKind(
        "bad-request",
        400,
        "The request cannot be read: its JSON is broken, or it is not what programs send by intent.",
        "Correct the program. Sending the same again changes nothing.",
    ),
    ProblemKind(
        "bad-parameters",
        400,
        "A parameter of the address is unknown, sent twice, or has a value that does not fit. Nothing is passed over.",
        "`errors` names each parameter and says what is wrong with it.",
    ),
    ProblemKind(
        "key-in-address",
        400,
        "The address holds a key. Addresses are written into logs on their way.",
        "Send it in the header `Authorization`, and make another one: this one may have been read.",
    ),
    ProblemKind(
        "unauthorized",
        401,
        "There is no key, or it is unknown, revoked or expired.",
        "Send `Authorization: Bearer <key>`. Make a new key where the old one has ended.",
    ),
    ProblemKind(
        "scope-missing", 403, "The key is valid, but lacks the scope that `detail` names.", "Make a key that has it."
    ),
    ProblemKind(
        "not-announced",
        403,
        "Our privacy policy of today does not name the partner, so that nobody’s contact may be given to it.",
        "Write to us: the next version of the policy names you, and people are told before it begins.",
    ),
    ProblemKind(
        "holder-is-out",
        403,
        "The contract behind the key has not begun or is over, or the member’s account is suspended.",
        "Write to us. When a contract is over, read at `/api/v1/contract-end/` what has to be deleted.",
    ),
    ProblemKind(
        "no-company",
        403,
        "The key acts for a company, and its member has left the team, or may only read there.",
        "An owner of the company can make another key.",
    ),
    ProblemKind(
        "for-partners",
        403,
        "This is for partners, and the key is a member’s.",
        "Follow the feed; a member’s own programs owe no receipts.",
    ),
    ProblemKind("forbidden", 403, "The key may not do this.", "`detail` says why."),
    ProblemKind(
        "not-found",
        404,
        "There is no such address, or no such thing, or it is not public now.",
        "Look at the address; all but those of exports end with a slash.",
    ),
    ProblemKind(
        "method-not-allowed", 405, "The address knows no such method.", "The header `Allow` names those that it knows."
    ),
    ProblemKind(
        "not-acceptable",
        406,
        "`Accept` asks for a form that the answer does not have.",
        "Ask for `application/json`, for an export also `application/x-ndjson`, or leave the header out.",
    ),
    ProblemKind("too-many-webhooks", 409, "There are as many webhooks as a holder may have.", "Delete one of them."),
    ProblemKind(
        "secret-changing",
        409,
        "The webhook’s secret was renewed within the last 24 hours, for which the one before it signs too. Another one "
        "would leave a program that has only the oldest without any.",
        "Wait until then. Where a secret was lost, make another webhook, then delete this one.",
    ),
    ProblemKind("paused-by-staff", 409, "Our staff have paused the webhook.", "Write to us."),
    ProblemKind(
        "still-under-way",
        409,
        "The first call with this `Idempotency-Key` has not been answered yet, or a fault of ours broke it off less "
        "than a minute ago.",
        "Send it again in a minute: then it is finished, and not done a second time.",
    ),
    ProblemKind(
        "not-in-this-state",
        409,
        "The lead, or its company, is not in a state in which this can be done. Nothing was changed.",
        "`detail` says why; read the lead to see how it stands.",
    ),
    ProblemKind(
        "changed-meanwhile",
        409,
        "While the call was under way, somebody else changed the lead. Nothing was changed by this call.",
        "Send it again if it still makes sense; read the lead to see what it says now.",
    ),
    ProblemKind(
        "on-its-way",
        409,
        "The message has not arrived yet, and is tried again by itself.",
        "Replay what has arrived or was given up.",
    ),
    ProblemKind(
        "gone",
        410,
        "The thing was public and is not any more: closed, expired, removed or taken down.",
        "Remove it where you keep or show it. Should it come back, the feed says so.",
    ),
    ProblemKind(
        "export-again",
        410,
        "The cursor of the feed is older than what we know of removals (400 days), or we had to restore the database, "
        "or you ask for kinds of things of which you were not told on the way to it: `kind` left them out, or the key "
        "could not read them for a while.",
        "Export everything again, and go on from the cursor on the export’s first line.",
    ),
    ProblemKind(
        "length-required",
        411,
        "The body comes in chunks (`Transfer-Encoding`), and nobody said how long it is. None of it was read.",
        "Send the whole body at once, with its `Content-Length`.",
    ),
    ProblemKind(
        "not-as-read",
        412,
        "`If-Match` holds the `ETag` of something that has changed since you read it. Nothing was changed.",
        "Read it again, and send your change with its new `ETag`.",
    ),
    ProblemKind("too-large", 413, "The body has more than 1 MB.", "Send less at once."),
    ProblemKind("unsupported-media-type", 415, "The body is not JSON.", "Send `Content-Type: application/json`."),
    ProblemKind(
        "bad-body",
        422,
        "The body is JSON, but a member of it does not fit.",
        "`errors` names each member and says what is wrong with it.",
    ),
    ProblemKind(
        "idempotency-key-reused",
        422,
        "The `Idempotency-Key` came before, with another address or body.",
        "Make a new one for each new call; send the same one only with the same call.",
    ),
    ProblemKind(
        "too-many-requests",
        429,
        "The calls of this minute are used up.",
        "Wait as many seconds as `Retry-After` says. A second key brings no more calls.",
    ),
    ProblemKind("too-many-pings", 429, "The webhook was tested often enough for now.", "Wait as `Retry-After` says."),
    ProblemKind("broken", 500, "A fault of ours, which is written down.", "Try again later; tell us if it stays."),
    ProblemKind(
        "away",
        503,
        "The market is away for a moment. Nothing is lost.",
        "Try again after as many seconds as `Retry-After` says, then after ever longer waits.",
    ),
)


def kinds_of(status: int) -> list[ProblemKind]:
    """Those with this status."""
    return [one for one in KINDS if one.status == status]
