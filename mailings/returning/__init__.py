"""What comes back: whom a report is about, whether it is ours, and what follows from it."""
