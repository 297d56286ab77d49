"""Staff's pages about leads, inquiries and the pages of leads that partners link to."""

from offerboard.admin.leads import InquiryAdmin, LeadAdmin
from offerboard.admin.partner_pages import PartnerPageAdmin

__all__ = ["InquiryAdmin", "LeadAdmin", "PartnerPageAdmin"]
