"""Tags for the manual."""
