"""Erasing what the data map finds about a person, row by row, so that a worker may die anywhere."""
