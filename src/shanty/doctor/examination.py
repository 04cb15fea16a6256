"""All that is looked at, in the order in which it is told."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path

from shanty.doctor.app import app_checks
from shanty.doctor.base_image import BaseImage
from shanty.doctor.finding import PROBLEM, SKIPPED, Check, Finding
from shanty.doctor.index import Indexes
from shanty.doctor.leaks import leak_check
from shanty.doctor.machine import Machine
from shanty.doctor.network import network_checks
from shanty.doctor.project import project_checks
from shanty.doctor.scripts import script_check
from shanty.doctor.sent import Sent
from shanty.doctor.subject import Subject
from shanty.doctor.versions import version_checks


def examine(start: Path, environment: Mapping[str, str]) -> list[Finding]:
    """Return what is found from a folder on: of the project, and of the machine under it.

    What has to be waited for is asked first, and looked at last; nothing is written.
    """
    subject = Subject(start, environment)
    machine = Machine(environment)
    indexes = Indexes(subject, machine)
    base_image = BaseImage(subject, machine)
    sent = cache(partial(Sent.of, subject))
    app = app_checks(subject, machine)
    of_project = (
        *project_checks(subject),
        *version_checks(subject),
        leak_check(subject, sent),
        script_check(sent),
    )
    looked = list(_findings(of_project))
    of_machine = (
        *machine.checks(),
        *base_image.checks(),
        *indexes.checks(),
        *network_checks(environment),
    )
    return list(_once((*_findings(of_machine), *looked, *_findings(app))))


def _findings(checks: Iterable[Check]) -> Iterator[Finding]:
    for check in checks:
        yield from check.findings()


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings; of a problem that another check has told of, that it has."""
    told: dict[str, str] = {}
    for one in findings:
        if one.state == PROBLEM and told.setdefault(one.what, one.check) != one.check:
            said = f"not looked at: {told[one.what]} has told why"
            yield Finding(one.check, SKIPPED, said)
        else:
            yield one
