"""Companies, who acts for them, what they trade in, and what has been checked about them."""

from directory.models.category import Category
from directory.models.company import Company
from directory.models.hs import HsName
from directory.models.team import EDITORS, TeamMember
from directory.models.verification import Verification

__all__ = ["EDITORS", "Category", "Company", "HsName", "TeamMember", "Verification"]
