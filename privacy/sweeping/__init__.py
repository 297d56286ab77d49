"""The retention sweep: what has outlived its time, as the data map says, goes every night."""
