"""What members and teams do."""
