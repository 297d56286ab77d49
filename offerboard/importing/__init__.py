"""Leads from files: reading tables, cleaning rows, storing them in batches."""
