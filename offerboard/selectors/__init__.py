"""What the offerboard's pages show, fetched whole."""
