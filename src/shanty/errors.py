"""What a person is told when something cannot be done."""


class ShantyError(Exception):
    """A fault with its cure: what is wrong, with the value in it, and the next command or edit."""

    exit_code = 1

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what, fix)
        self.what = what
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.what}\nfix: {self.fix}"


class RunError(ShantyError):
    """It ran and failed: a build, an app, a check that found a difference."""


class UsageError(ShantyError):
    """What was typed or configured is wrong."""

    exit_code = 2


class MachineError(ShantyError):
    """The machine is not ready: no engine, a port taken, nothing to pull from."""

    exit_code = 3


class AccessError(MachineError):
    """The engine is there and lets this user not in."""


class HungError(MachineError):
    """The engine is there and does not answer."""
