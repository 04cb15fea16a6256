"""Every fault is told with its cause and a fix that works, fast, and leaves nothing behind."""

import pytest

from tests.faults import (  # noqa: F401 - they add their faults
    app_faults,
    disk_faults,
    engine_faults,
    index_faults,
    lock_faults,
    name_faults,
    output_faults,
    port_faults,
    project_faults,
    registry_faults,
    secret_faults,
    terminal_faults,
    tree_faults,
    user_faults,
)
from tests.faults.fault import FAULTS, Fault
from tests.faults.judge import Judged, judge, judge_bare
from tests.faults.place import Place

SHARE = 0.95


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_fault(
    fault: Fault, place: Place, judged: list[Judged], request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--bare"):
        judged.append(judge_bare(fault, place))
        return
    one = judge(fault, place)
    judged.append(one)
    if fault.known:
        assert not one.is_full, f"it has full marks now: {fault.known!r} is said no more"
    else:
        assert one.is_full, f"{one.seen}\n{one.outcome.said}"


def test_nearly_all_faults_have_full_marks() -> None:
    known = [fault.name for fault in FAULTS if fault.known]
    assert len(known) <= (1 - SHARE) * len(FAULTS), known
