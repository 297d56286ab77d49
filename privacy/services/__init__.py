"""What privacy does, by subject."""
