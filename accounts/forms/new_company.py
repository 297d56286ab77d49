"""Another company of a person who has an account."""

from accounts.forms.fields import CompanyFields


class NewCompanyForm(CompanyFields):
    """What sign-up asks about a company."""
