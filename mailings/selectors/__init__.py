"""What pages show of mail."""
