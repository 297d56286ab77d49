"""Leads, their pictures, and the inquiries that answer them."""

from offerboard.models.inquiry import Block, Inquiry, Message, ReadMark
from offerboard.models.lead import Lead
from offerboard.models.lead_import import LeadImport, RefusedRow
from offerboard.models.picture import LeadPicture

__all__ = ["Block", "Inquiry", "Lead", "LeadImport", "LeadPicture", "Message", "ReadMark", "RefusedRow"]
