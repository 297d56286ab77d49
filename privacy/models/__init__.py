"""What privacy keeps: policies, consents, disclosures, people's requests, and what leaving takes."""

from privacy.models.breach import CLOCK, Breach, BreachNotice
from privacy.models.consent import ConsentEvent, ConsentLink, ConsentWords
from privacy.models.contract_end import ContractEnd
from privacy.models.correction import EVIDENCE_KEPT, Correction
from privacy.models.disclosure import DISCLOSURES_KEPT, Disclosure, Receiver
from privacy.models.leaving import REMINDED_AFTER, Erasure, LegalHold, Receipt
from privacy.models.policy import NOTICE, PolicyAcceptance, PolicyDraft, PolicyNotice, PolicyVersion
from privacy.models.removal import WITH_STAFF, Removal
from privacy.models.request import OPEN, Export, SubjectRequest
from privacy.models.suppression import Suppression
from privacy.models.sweep import SweepReport

__all__ = [
    "CLOCK",
    "DISCLOSURES_KEPT",
    "EVIDENCE_KEPT",
    "NOTICE",
    "OPEN",
    "REMINDED_AFTER",
    "WITH_STAFF",
    "Breach",
    "BreachNotice",
    "ConsentEvent",
    "ConsentLink",
    "ConsentWords",
    "ContractEnd",
    "Correction",
    "Disclosure",
    "Erasure",
    "Export",
    "LegalHold",
    "PolicyAcceptance",
    "PolicyDraft",
    "PolicyNotice",
    "PolicyVersion",
    "Receipt",
    "Receiver",
    "Removal",
    "SubjectRequest",
    "Suppression",
    "SweepReport",
]
