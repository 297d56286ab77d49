"""What happens to keys and partners."""
