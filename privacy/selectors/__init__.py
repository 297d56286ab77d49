"""What privacy’s pages show, by subject."""
