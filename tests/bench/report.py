"""The table, the picture and the README, from the rows."""

from pathlib import Path

from tests.bench import growth_table, picture, readme
from tests.bench.ledger import head_of, read_rows
from tests.bench.summary import summarize
from tests.bench.table import described, details, table

CHECKOUT = Path(__file__).parents[2]
README = CHECKOUT / "README.md"
ROWS, GROWTH = "bench.csv", "growth.csv"
NOTES = """\
Medians; in brackets how many times Shanty's value it is. *Bare docker* is the line that
`shanty build` announces, run without Shanty. *Floor* is a bare Invoke, `docker run true`,
`docker stop` of a process that ends at once, the bytes of lock, `pyproject.toml` and package, or
what the processors compute without a server; of a source line and a version bump a build of two
steps that do nothing, of a cold build and one dependency more the steps in which Poetry itself is
installed and lists what is locked. Invoke's own start, the floor of the first line, is a part of
every task's own time.
"""
PICTURE = """\
<picture>
  <source media="(prefers-color-scheme: dark)" srcset="tests/bench/results/bench-dark.svg">
  <img alt="Seconds, bytes and pages a second of Shanty beside the other ways"
    src="tests/bench/results/bench-light.svg">
</picture>

"""
FILES = """
Every run is in [bench.csv](tests/bench/results/bench.csv), every median with its spread in
[bench.md](tests/bench/results/bench.md).
"""
GROWTH_NOTES = """
As the work grows (medians; in brackets the announced line without Shanty):
"""


def write(folder: Path, *, is_for_readme: bool = False) -> None:
    """Write the table and the pictures, and the README's part where that is wanted."""
    lines = (folder / ROWS).read_text(encoding="utf-8").splitlines()
    summaries = summarize(read_rows(lines))
    head = described(head_of(lines))
    text = f"{table(summaries)}\n{NOTES}\n{head}\n{grown(folder)}"
    page = f"# Shanty beside the other ways\n\n{text}\n## Medians and spread\n\n"
    (folder / "bench.md").write_text(page + details(summaries), encoding="utf-8")
    for theme in picture.THEMES:
        drawn = picture.draw(summaries, theme)
        (folder / f"bench-{theme.name}.svg").write_text(drawn, encoding="utf-8")
    if is_for_readme:
        readme.write(README, PICTURE + text + FILES)
    print(text)


def grown(folder: Path) -> str:
    """Return the second table, where that was measured."""
    file = folder / GROWTH
    if not file.is_file():
        return ""
    lines = file.read_text(encoding="utf-8").splitlines()
    return f"{GROWTH_NOTES}\n{growth_table.table(summarize(read_rows(lines)))}"
