"""What somebody sent, repeated to them: never more of it than a line."""

LONGEST_NAME, LONGEST_DETAIL = 100, 500  # characters of a problem


def excerpt(text: str, longest: int = LONGEST_NAME) -> str:
    """Its beginning, where it is longer."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
