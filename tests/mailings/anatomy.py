"""What a mail's HTML is made of."""

from html.parser import HTMLParser

Attributes = dict[str, str]


class Anatomy(HTMLParser):
    """Reads a mail as a mail program does: elements, links and words. Comments are for Outlook, and left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.texts: list[tuple[str, str]] = []  # the element in which they stand, and the words
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by the parser."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        """Called by the parser; right after an element's end the words count as that element's."""
        self.texts.append((self.elements[-1][0] if self.elements else "", data))

    @property
    def tags(self) -> set[str]:
        """The names of all elements."""
        return {tag for tag, _attributes in self.elements}

    @property
    def attributes(self) -> set[str]:
        """The names of all attributes."""
        return {name for _tag, attributes in self.elements for name in attributes}

    @property
    def links(self) -> set[str]:
        """Where one can go."""
        return {attributes["href"] for tag, attributes in self.elements if tag == "a"}

    @property
    def words(self) -> str:
        """What can be read, in one line."""
        return " ".join(" ".join(text for tag, text in self.texts if tag not in {"style", "title"}).split())

    @property
    def title(self) -> str:
        """The head's title."""
        return next(text for tag, text in self.texts if tag == "title")

    def one(self, tag: str) -> Attributes:
        """The attributes of the first element with this name."""
        return next(attributes for name, attributes in self.elements if name == tag)
