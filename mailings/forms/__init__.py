"""What people and staff fill in."""
