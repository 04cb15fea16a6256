"""What Shanty is to reach, and whether it does."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench import figure
from tests.bench.shapes import BARE, BLOG_POST, FLOOR, OTHERS, SHANTY, UV_GUIDE
from tests.bench.summary import Summaries, ratio

MEGA = 1_000_000


@dataclass(frozen=True)
class Verdict:
    """What was wanted, what came of it, and whether that is enough."""

    wanted: str
    found: str
    is_met: bool


Judge = Callable[[Summaries], Verdict]


@dataclass(frozen=True)
class Target:
    """A measure, what it is called, and what it is judged by."""

    measure: str
    title: str
    judges: tuple[Judge, ...] = ()
    is_more_better: bool = False

    def verdicts(self, summaries: Summaries) -> list[Verdict]:
        """Return the verdicts; none where something was not measured."""
        found = []
        for judge in self.judges:
            try:
                found.append(judge(summaries))
            except KeyError:
                continue
        return found


def above(measure: str, other: str, seconds: float, name: str) -> Judge:
    """Judge by what is added to the floor or to another shape."""

    def judge(summaries: Summaries) -> Verdict:
        more = summaries[measure, SHANTY].median - summaries[measure, other].median
        unit = f"{seconds:g} s" if seconds >= 0.1 else f"{seconds * 1000:.0f} ms"
        said = f"{more:+.2f} s" if seconds >= 0.1 else f"{more * 1000:+.0f} ms"
        return Verdict(f"at most {name} +{unit}", said, more <= seconds)

    return judge


def faster(measure: str, other: str, least: float, name: str) -> Judge:
    """Judge by how many times another shape's seconds or bytes are Shanty's."""

    def judge(summaries: Summaries) -> Verdict:
        found = ratio(summaries[measure, other].median, summaries[measure, SHANTY].median)
        return Verdict(f"≥ {least:g}× the speed of {name}", figure.times(found), found >= least)

    return judge


def at_most(measure: str, other: str, most: float, name: str) -> Judge:
    """Judge by how many times another's value Shanty's is."""

    def judge(summaries: Summaries) -> Verdict:
        found = ratio(summaries[measure, SHANTY].median, summaries[measure, other].median)
        return Verdict(f"≤ {most:g}× {name}", figure.times(found), found <= most)

    return judge


def more(measure: str, other: str, least: float, name: str) -> Judge:
    """Judge by how many times another's rate Shanty's is."""

    def judge(summaries: Summaries) -> Verdict:
        found = ratio(summaries[measure, SHANTY].median, summaries[measure, other].median)
        return Verdict(f"≥ {least:g}× {name}", figure.times(found), found >= least)

    return judge


def best(measure: str, wanted: str, least: float = 1) -> Judge:
    """Judge by how many times the best other shape's value is Shanty's."""

    def judge(summaries: Summaries) -> Verdict:
        shape = min(OTHERS, key=lambda name: summaries[measure, name].median)
        other = summaries[measure, shape].median
        found = ratio(other, summaries[measure, SHANTY].median)
        return Verdict(wanted, f"{figure.times(found)} {shape.replace('_', ' ')}", found >= least)

    return judge


def absolute(measure: str, most: float, wanted: str) -> Judge:
    """Judge by the value itself."""

    def judge(summaries: Summaries) -> Verdict:
        found = summaries[measure, SHANTY]
        return Verdict(wanted, figure.write(found.median, found.unit), found.median <= most)

    return judge


FASTEST = "no slower than the fastest"
TARGETS = (
    Target("list", "`invoke --list`", (above("list", FLOOR, 0.025, "Invoke's own"),)),
    Target(
        "whales",
        "…imports python-on-whales",
        (absolute("whales", 0, "never"),),
    ),
    Target(
        "again",
        "build again, nothing changed",
        (above("again", BARE, 0.25, "`docker buildx`"),),
    ),
    Target(
        "source",
        "one source line → production image",
        (best("source", FASTEST), faster("source", BLOG_POST, 5, "the blog post's")),
    ),
    Target(
        "bump",
        "version bump → production image",
        (best("bump", FASTEST), faster("bump", BLOG_POST, 5, "the blog post's")),
    ),
    Target(
        "more",
        "one dependency more → production image",
        (faster("more", BLOG_POST, 2, "the blog post's"),),
    ),
    Target("fetched", "…packages fetched for it", (absolute("fetched", 1, "what is new alone"),)),
    Target(
        "cold",
        "cold build: base here, caches empty",
        (
            at_most("cold", BLOG_POST, 0.5, "the blog post's"),
            at_most("cold", UV_GUIDE, 1.2, "the uv guide's"),
        ),
    ),
    Target("prod", "`prod`: `docker run` → first page", (best("prod", FASTEST),)),
    Target(
        "prod without bytecode",
        "…on a base without stdlib bytecode",
        (best("prod without bytecode", "≥ 1.5× the fastest", 1.5),),
    ),
    Target(
        "dev",
        "`dev`: `docker run` → first page",
        (above("dev", FLOOR, 0.45, "`docker run true`"),),
    ),
    Target("prod --detach", "`shanty prod --detach`, as typed, until healthy"),
    Target("dev --detach", "`shanty dev --detach`, as typed"),
    Target("stop prod", "stop of `prod`", (above("stop prod", FLOOR, 0.5, "the engine's own"),)),
    Target("stop dev", "stop of `dev`", (above("stop dev", FLOOR, 0.5, "the engine's own"),)),
    Target("bytes", "bytes over the base", (best("bytes", "the smallest"),)),
    Target(
        "bytes of Flask",
        "…with Flask and gunicorn alone",
        (absolute("bytes of Flask", 25 * MEGA, "≤ 25 MB"),),
    ),
    Target(
        "compute",
        "pages a second that compute",
        (more("compute", BLOG_POST, 1.8, "the blog post's"),),
        is_more_better=True,
    ),
    Target(
        "wait",
        "pages a second that wait 50 ms",
        (more("wait", BLOG_POST, 6, "the blog post's"),),
        is_more_better=True,
    ),
    Target(
        "context",
        "build context sent",
        (at_most("context", "needed", 1.1, "lock, pyproject.toml and package"),),
    ),
)
