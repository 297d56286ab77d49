"""What people fill in on the offerboard."""
