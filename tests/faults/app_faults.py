"""Faults of the app: one that is not found, does not start, or answers nobody."""

import re
from collections.abc import Callable, Iterator

from tests.faults.fault import SERVE, by_hand, fault, paste, with_option
from tests.faults.place import Outcome, Place

APPLICATION = "src/coach_planner/application.py"
FIRST = '"""The application.'
SETTINGS = "[tool.shanty]\n"
GUNICORN = (
    "gunicorn --config /etc/gunicorn.conf.py --bind 127.0.0.1:$PORT 'coach_planner:create_app()'"
)
# As long as an app may take to start: nothing tells one that never will from one that is slow.
PATIENCE = 60
BUILT_SECONDS = 40


def _configured(place: Place, line: str) -> None:
    place.write("pyproject.toml", SETTINGS, f"{SETTINGS}{line}\n")


def coded(place: Place, code: str) -> None:
    """Add some code to the app."""
    file = place.root / APPLICATION
    file.write_text(f"{file.read_text(encoding='utf-8')}\n\n{code}\n", encoding="utf-8")


def uncoded(code: str) -> Callable[[Place], object]:
    """Return what takes some code out of the app again."""
    return lambda place: place.write(APPLICATION, code, "")


def _take_app(place: Place, outcome: Outcome, task: tuple[str, ...]) -> tuple[str, ...]:
    """Write the app that the fix suggests."""
    found = re.search(r'app = "([^"]+)"', outcome.fix)
    assert found, f"no app in {outcome.fix!r}"
    text = place.pyproject.read_text(encoding="utf-8")
    text = re.sub(r'^app = ".*"$', f'app = "{found[1]}"', text, flags=re.MULTILINE)
    place.pyproject.write_text(text, encoding="utf-8")
    return task


def _take_serve(place: Place, outcome: Outcome, task: tuple[str, ...]) -> tuple[str, ...]:
    """Write the command that the fix suggests."""
    found = re.search(r'serve = ".*"$', outcome.fix)
    assert found, f"no command in {outcome.fix!r}"
    text = place.pyproject.read_text(encoding="utf-8")
    text = re.sub(r'^serve = ".*"$', lambda _: found[0], text, flags=re.MULTILINE)
    place.pyproject.write_text(text, encoding="utf-8")
    return task


@fault(
    "app with a factory that is not there",
    "build",
    code=2,
    cause=r'app = "coach_planner:make_it\(\)": \S+ has no make_it',
    mend=_take_app,
    bare=SERVE,
)
def app_with_a_factory_that_is_not_there(place: Place) -> Iterator[None]:
    """Name a factory that the package does not have."""
    _configured(place, 'app = "coach_planner:make_it()"')
    yield


@fault(
    "app of a module that is not there",
    "build",
    code=2,
    cause=r'app = "coach_plan:create_app\(\)": there is no module coach_plan',
    mend=_take_app,
    bare=SERVE,
)
def app_of_a_module_that_is_not_there(place: Place) -> Iterator[None]:
    """Misspell the package."""
    _configured(place, 'app = "coach_plan:create_app()"')
    yield


@fault(
    "app that is no attribute",
    "build",
    code=2,
    cause=r'app = "coach_planner\.application:app": \S+ has no app',
    mend=_take_app,
    bare=SERVE,
)
def app_that_is_no_attribute(place: Place) -> Iterator[None]:
    """Name the usual name, which this module does not have."""
    _configured(place, 'app = "coach_planner.application:app"')
    yield


@fault(
    "app that imports what the lock lacks",
    "prod --detach",
    code=1,
    cause=r"no module tomli, and the lock has no tomli",
    afterwards=True,
    mend=paste,
    bare=SERVE,
)
def app_that_imports_what_the_lock_lacks(place: Place) -> Iterator[None]:
    """Import a package that is installed on the host alone."""
    coded(place, "import tomli")
    yield


@fault(
    "app that imports a module of its own that is not there",
    "prod --detach",
    code=1,
    cause=r"no module coach_planner\.plans",
    afterwards=True,
    mend=by_hand(r"mend the import", uncoded("import coach_planner.plans")),
    bare=SERVE,
)
def app_that_imports_a_missing_module(place: Place) -> Iterator[None]:
    """Misspell a module of the package."""
    coded(place, "import coach_planner.plans")
    yield


@fault(
    "app with a NameError",
    "prod --detach",
    code=1,
    cause=r"name 'plam' is not defined",
    afterwards=True,
    mend=by_hand(r"application\.py.*line|log names above", uncoded("print(plam)")),
    bare=SERVE,
)
def app_with_a_name_error(place: Place) -> Iterator[None]:
    """Misspell a name."""
    coded(place, "print(plam)")
    yield


@fault(
    "app with a syntax error",
    "prod --detach",
    code=1,
    cause=r"application\.py:\d+: ",
    afterwards=True,
    mend=by_hand(r"mend line \d+", uncoded("def broken(:")),
    bare=SERVE,
)
def app_with_a_syntax_error(place: Place) -> Iterator[None]:
    """Leave a bracket open."""
    coded(place, "def broken(:")
    yield


@fault(
    "app without a variable",
    "prod --detach",
    code=1,
    cause=r"COACH_TOKEN",
    afterwards=True,
    mend=with_option,
    bare=SERVE,
)
def app_without_a_variable(place: Place) -> Iterator[None]:
    """Ask the environment for what nobody gives."""
    coded(place, 'import os\n\nTOKEN = os.environ["COACH_TOKEN"]')
    yield


@fault(
    "app without a variable in development",
    "dev --detach",
    code=1,
    cause=r"COACH_TOKEN",
    afterwards=True,
    mend=with_option,
    bare=SERVE,
)
def app_without_a_variable_in_development(place: Place) -> Iterator[None]:
    """Ask the environment for what nobody gives, where the sources are mounted."""
    coded(place, 'import os\n\nTOKEN = os.environ["COACH_TOKEN"]')
    yield


@fault(
    "app in a crash loop",
    "prod --detach",
    code=1,
    cause=r"ends again and again.*exit code 1",
    seconds=BUILT_SECONDS,
    mend=by_hand(r"mend what ends the process", uncoded("import os\n\nos._exit(1)")),
    bare=SERVE,
)
def app_in_a_crash_loop(place: Place) -> Iterator[None]:
    """End every worker without a word: its server starts another one, for ever."""
    coded(place, "import os\n\nos._exit(1)")
    yield


@fault(
    "app that exits",
    "prod --detach",
    code=1,
    cause=r"no license",
    seconds=BUILT_SECONDS,
    mend=by_hand(r"mend what ends the process", uncoded('raise SystemExit("no license")')),
    bare=SERVE,
)
def app_that_exits(place: Place) -> Iterator[None]:
    """Have the app check something, and leave."""
    coded(place, 'raise SystemExit("no license")')
    yield


@fault(
    "app that never listens",
    "prod --detach",
    code=1,
    cause=r"does not answer after 60 s.*nothing in it listens",
    # An app that takes half a minute to start sleeps too while it waits for another.
    seconds=PATIENCE + BUILT_SECONDS,
    mend=by_hand(r"\bserve\b", lambda place: place.write("pyproject.toml", "serve = ", "# ")),
    bare=SERVE,
)
def app_that_never_listens(place: Place) -> Iterator[None]:
    """Start what sleeps."""
    _configured(place, 'serve = "sleep 600"')
    yield


@fault(
    "app that listens on 127.0.0.1 inside",
    "prod --detach",
    code=1,
    cause=r"listens on 127\.0\.0\.1 inside",
    seconds=BUILT_SECONDS,
    mend=_take_serve,
    bare=SERVE,
)
def app_that_listens_on_loopback(place: Place) -> Iterator[None]:
    """Bind where the container alone reaches it."""
    _configured(place, f'serve = "{GUNICORN}"')
    yield


@fault(
    "app that listens on another port",
    "prod --detach",
    code=1,
    cause=r"listens on port 5000 inside",
    seconds=PATIENCE + BUILT_SECONDS,
    mend=_take_serve,
    bare=SERVE,
)
def app_that_listens_on_another_port(place: Place) -> Iterator[None]:
    """Bind a port that nobody has asked for."""
    _configured(place, f'serve = "{GUNICORN.replace("127.0.0.1:$PORT", "0.0.0.0:5000")}"')
    yield


@fault(
    "app that takes half a minute to start",
    "prod --detach",
    code=0,
    cause="",
    seconds=30 + BUILT_SECONDS,
    mend=paste,
    bare=SERVE,
)
def app_that_takes_half_a_minute_to_start(place: Place) -> Iterator[None]:
    """Sleep at import: slow is not broken."""
    coded(place, "import time\n\ntime.sleep(30)")
    yield
