"""The pages of marketing mail, and the address for what came back."""
