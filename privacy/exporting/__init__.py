"""A copy of somebody's data as one ZIP: what the data map finds, for machines and for people, and the files."""
