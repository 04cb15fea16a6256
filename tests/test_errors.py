"""What a person is told when something cannot be done."""

import pytest

from shanty.errors import MachineError, RunError, ShantyError, UsageError


@pytest.mark.parametrize(("kind", "exit_code"), [(RunError, 1), (UsageError, 2), (MachineError, 3)])
def test_each_kind_of_error_has_its_exit_code(kind: type[ShantyError], exit_code: int) -> None:
    assert issubclass(kind, ShantyError)
    assert kind.exit_code == exit_code


def test_an_error_says_what_is_wrong_and_then_how_to_mend_it() -> None:
    error = ShantyError("port 80 is taken", "give another --port")
    assert (error.what, error.fix) == ("port 80 is taken", "give another --port")
    assert str(error) == "port 80 is taken\nfix: give another --port"
