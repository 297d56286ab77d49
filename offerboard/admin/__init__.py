"""Staff's pages about leads and inquiries."""

from offerboard.admin.leads import InquiryAdmin, LeadAdmin

__all__ = ["InquiryAdmin", "LeadAdmin"]
