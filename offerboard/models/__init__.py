"""Leads, their pictures and counts, and the inquiries that answer them."""

from offerboard.models.count import LeadCount, LeadRange
from offerboard.models.inquiry import Block, Inquiry, Message, ReadMark
from offerboard.models.lead import Lead
from offerboard.models.picture import LeadPicture

__all__ = ["Block", "Inquiry", "Lead", "LeadCount", "LeadPicture", "LeadRange", "Message", "ReadMark"]
