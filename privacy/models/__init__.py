"""What privacy keeps: policies, consents, disclosures, people's requests."""

from privacy.models.consent import ConsentEvent, ConsentLink, ConsentWords
from privacy.models.disclosure import Disclosure, Receiver
from privacy.models.policy import NOTICE, PolicyAcceptance, PolicyDraft, PolicyNotice, PolicyVersion
from privacy.models.request import Export, SubjectRequest

__all__ = [
    "NOTICE",
    "ConsentEvent",
    "ConsentLink",
    "ConsentWords",
    "Disclosure",
    "Export",
    "PolicyAcceptance",
    "PolicyDraft",
    "PolicyNotice",
    "PolicyVersion",
    "Receiver",
    "SubjectRequest",
]
