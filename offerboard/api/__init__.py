"""Leads for programs."""
