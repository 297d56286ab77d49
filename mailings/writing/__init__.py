"""From words to the bytes that go over the wire: a text per language, HTML and plain twin, message and signature."""
