"""Companies, categories and countries for programs."""
