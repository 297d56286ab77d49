"""What the pages of marketing mail and staff's pages about mail show."""
