"""What people and staff fill in about keys and partners."""
