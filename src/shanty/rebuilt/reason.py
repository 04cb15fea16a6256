"""Why a step was not cached, as far as it is known: what is not certain is not said."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from shanty.rebuilt.asked import Asked
from shanty.rebuilt.listing import is_read
from shanty.rebuilt.record import Record
from shanty.rebuilt.steps import SCRATCH, Step
from shanty.request import shown

LOST = "nothing changed here: the engine's cache had lost it"


def rebuilt(asked: Asked, step: Step, before: Record | None, now: Record) -> str:
    """Return the line of a build whose first step anew was this one."""
    where = f"from [{step.key}] {step.text}"
    if asked.no_cache:
        return f"{'rebuilt' if before else 'built'} {where} (--no-cache)"
    if before is None:
        return f"built {where} (the first build of {asked.target} on record)"
    why = _reason(asked, step, before, now)
    return f"rebuilt {where} ({why})" if why else f"rebuilt {where}"


def _reason(asked: Asked, step: Step, before: Record, now: Record) -> str:
    if before.builder != now.builder:
        return "the last build was not on this engine"
    if changed := list(_files(asked, step, before, now)) + list(_values(step, before, now)):
        return f"{changed[0]} and {len(changed) - 1} more" if changed[1:] else changed[0]
    if asked.pull and step.is_first:
        return "--pull"
    known = step.base == SCRATCH or not step.is_first or step.base in before.bases
    is_same = before.contents == now.contents and before.steps == now.steps
    return LOST if known and is_same and step.is_local else ""


def _files(asked: Asked, step: Step, before: Record, now: Record) -> Iterator[str]:
    """Yield the files that a step reads and that are not what they were."""
    for path in sorted(before.files.keys() | now.files.keys()):
        first, second = before.files.get(path), now.files.get(path)
        if first and second and first.content == second.content:
            continue
        if any(is_read(path, source, asked) for source in step.sources):
            how = "changed" if first and second else "is new" if second else "is gone"
            yield f"{shown(Path(path))} {how}"


def _values(step: Step, before: Record, now: Record) -> Iterator[str]:
    """Yield what else a step hangs on and is not what it was."""
    was, is_now = before.steps.get(step.key), now.steps[step.key]
    if was is None:
        # Which stages there are hangs on these.
        yield from _differences(before.choices, now.choices)
        return
    yield from _differences(was.arguments, is_now.arguments)
    digests = before.bases.get(step.base), now.bases.get(step.base)
    if was.base != is_now.base:
        yield f"the base image is {is_now.base}, was {was.base}"
    elif all(digests) and digests[0] != digests[1]:
        yield f"the base image {step.base} changed"
    if was.digest != is_now.digest:
        yield "the Dockerfile changed"


def _differences(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name, value in now.items():
        if name in before and before[name] != value:
            yield f"{name} is {value or 'not set'}, was {before[name] or 'not set'}"
