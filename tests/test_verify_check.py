"""One thing that is proved of an image."""

import pytest

from shanty.verify.check import Check, judged, not_made


def test_a_check_without_faults_is_passed_and_shows_what_it_saw() -> None:
    check = judged("rights/user", [], "the user is 10001")
    assert check == Check("rights/user", passed=True, evidence=("the user is 10001",))


def test_a_check_with_faults_is_failed_and_shows_them_alone() -> None:
    check = judged("rights/user", ["it is root", "it is 0"], "the user is 10001")
    assert check == Check("rights/user", passed=False, evidence=("it is root", "it is 0"))


def test_a_check_that_could_not_be_made_is_not_passed() -> None:
    check = not_made("process/stop", "it does not start")
    assert not check.passed
    assert check == Check("process/stop", passed=None, evidence=("it does not start",))


@pytest.mark.parametrize(
    ("passed", "verdict"), [(True, "ok"), (False, "failed"), (None, "not made")]
)
def test_a_check_has_an_area_and_a_verdict_in_a_word(
    passed: bool | None,  # noqa: FBT001
    verdict: str,
) -> None:
    check = Check("rights/user", passed, ("",))
    assert (check.area, check.verdict) == ("rights", verdict)
