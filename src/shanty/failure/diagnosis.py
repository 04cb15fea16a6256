"""From the last lines of an app's log to one sentence on why it did not start, and a fix."""

import re
from collections.abc import Callable, Iterator

from shanty.failure.case import SEE_ABOVE, Case, Diagnosis, masked
from shanty.failure.limit import reached_limit, too_many_processes
from shanty.failure.module import missing_module, not_imported
from shanty.failure.path import missing_file, unopened_script, unwritable_path
from shanty.failure.program import missing_library, missing_program, unknown_to_shell
from shanty.failure.raised import Raised, chains, without_traceback
from shanty.failure.service import unnamed_service, unreached_service
from shanty.failure.syntax import unread_source
from shanty.failure.variable import likely_variable, missing_variable

# How the entrypoint says it.
PRESTART = re.compile(r"^prestart failed with exit code \d+: (?P<command>.*)$", re.MULTILINE)

Rule = Callable[[Raised, Case], Diagnosis | None]

# What names its reason, and below it what only hints at one.
CERTAIN: tuple[Rule, ...] = (
    unread_source,
    missing_module,
    missing_program,
    missing_library,
    reached_limit,
    unwritable_path,
    unreached_service,
    missing_variable,
    missing_file,
)
LIKELY: tuple[Rule, ...] = (likely_variable, unnamed_service)
# What servers say of an app that has failed, in exceptions of their own.
SERVERS = ("gunicorn.", "uvicorn.", "hypercorn.", "granian.", "daphne.", "waitress.")


def diagnose(case: Case) -> Diagnosis | None:
    """Return the reason that a log gives, `None` for one that names no exception."""
    prestart = PRESTART.search(case.log)
    reason = _reason(case)
    if not prestart:
        return reason
    what = f"prestart failed ({masked(prestart['command'])})"
    return Diagnosis(f"{what}: {reason.what}", reason.fix) if reason else Diagnosis(what, SEE_ABOVE)


def _reason(case: Case) -> Diagnosis | None:
    """Return the first reason: a known exception, what a shell or server says, any exception."""
    return (
        next(_known(case), None)
        or not_imported(case)
        or unknown_to_shell(case)
        or unopened_script(case)
        or too_many_processes(case)
        or next(_any(case), None)
    )


def _known(case: Case) -> Iterator[Diagnosis]:
    """Yield the reasons of the known exceptions: the last traceback first, and of one its end."""
    for chain in [*chains(case.log), without_traceback(case.log)]:
        for rules in (CERTAIN, LIKELY):
            for raised in chain:
                found = (rule(raised, case) for rule in rules)
                yield from (one for one in found if one)


def _any(case: Case) -> Iterator[Diagnosis]:
    raised = [chain[0] for chain in chains(case.log)] + without_traceback(case.log)
    for one in raised:
        if not one.kind.startswith(SERVERS):
            # Of one that says nothing, or no more than a key, the line that raised it tells more.
            line = f" ({one.source_line})" if one.source_line and " " not in one.first_said else ""
            yield Diagnosis(masked(one.first_line + line), SEE_ABOVE)
