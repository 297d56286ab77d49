"""What the directory's pages show, fetched whole; templates print and ask nothing."""
