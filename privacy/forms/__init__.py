"""What people write, by subject."""
