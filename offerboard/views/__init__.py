"""Pages of the offerboard."""
