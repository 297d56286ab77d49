"""Leads by the million: invented by rules instead of by hand, the same each time for one number."""
