"""The part of the README that is the benchmark's own."""

from pathlib import Path

BEGIN = "<!-- bench: what `nox -s bench -- --write-readme` writes -->"
END = "<!-- bench: end -->"


def replaced(text: str, part: str) -> str:
    """Return a text with another part between the two markers; raise where there are none."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the text lacks {BEGIN} or {END}")
    return f"{before}{BEGIN}\n{part.strip()}\n{END}{after}"


def write(file: Path, part: str) -> None:
    """Put a part into a file, between the markers."""
    file.write_text(replaced(file.read_text(encoding="utf-8"), part), encoding="utf-8")
