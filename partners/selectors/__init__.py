"""What endpoints and pages show."""
