"""Names that others chose, in our sentences."""


def printable(name: str, longest: int = 80) -> str:
    """A name of a file's in a sentence: it does nothing to a terminal, can be sent, and fits."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:longest])
