"""Privacy’s pages, by subject."""
