"""What the offerboard does."""
