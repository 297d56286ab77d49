"""Leads, their pictures, and the inquiries that answer them."""

from offerboard.models.inquiry import Block, Inquiry, Message, ReadMark
from offerboard.models.lead import Lead
from offerboard.models.picture import LeadPicture
from offerboard.models.watching import Favourite, SavedSearch

__all__ = ["Block", "Favourite", "Inquiry", "Lead", "LeadPicture", "Message", "ReadMark", "SavedSearch"]
