"""What people fill in about themselves, their team and their company."""
