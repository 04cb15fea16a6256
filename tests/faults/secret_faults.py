"""Secrets that lie about: none gets into an image, a log or a message."""

import subprocess
from collections.abc import Iterator

from tests.engine.support import docker, inside, saved_files
from tests.faults.app_faults import coded
from tests.faults.conftest import BASE
from tests.faults.fault import SERVE, fault, with_option
from tests.faults.place import Place
from tests.faults.tree_faults import BUILT_SECONDS, PASSES

# As nothing else in an image reads.
VARIABLE, DOTENV, GIT, PIP, POETRY, KEY = (
    f"s3cret-{kind}-kZ81qvW3" for kind in ("variable", "dotenv", "git", "pip", "poetry", "key")
)
VARIABLES = ("SECRET_KEY", "DATABASE_PASSWORD", "AWS_SECRET_ACCESS_KEY", "POETRY_PYPI_TOKEN_PYPI")


def _scattered(place: Place) -> None:
    """Put a secret into every place that is known for having some."""
    place.secrets += [VARIABLE, DOTENV, GIT, PIP, POETRY, KEY]
    home = place.root.parent / "home"
    files = {
        place.root / ".env": f"COACH_TOKEN={DOTENV}\n",
        place.root / "src" / "coach_planner" / ".env": f"COACH_TOKEN={DOTENV}\n",
        place.root / ".env.production": f"COACH_TOKEN={DOTENV}\n",
        place.root / "id_ed25519": f"{KEY}\n",
        place.root / "server.pem": f"{KEY}\n",
        place.root / ".netrc": f"machine example.org login coach password {KEY}\n",
        home / ".netrc": f"machine example.org login coach password {KEY}\n",
        home / ".config" / "pip" / "pip.conf": f"[global]\nindex-url = {_index()}\n",
        home / ".config" / "pypoetry" / "auth.toml": (
            f'[http-basic.coach]\nusername = "coach"\npassword = "{POETRY}"\n'
        ),
    }
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    place.environment |= {"HOME": str(home), "XDG_CONFIG_HOME": None}
    place.environment |= dict.fromkeys((*VARIABLES, "COACH_TOKEN"), VARIABLE)
    _check_in(place)


def _index() -> str:
    """Return pip's own index with a password, which it does not ask for and does not mind."""
    code = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
    # The base image always has a pip; what the tests run in may have none.
    scheme, _, rest = inside(BASE, "python", "-c", code).strip().partition("://")
    return f"{scheme}://coach:{PIP}@{rest}"


def _check_in(place: Place) -> None:
    remote = f"https://coach:{GIT}@example.org/coach.git"
    for words in (
        ("init", "--quiet"),
        ("remote", "add", "origin", remote),
        ("add", "pyproject.toml", "poetry.lock", "README.md", "src/coach_planner/plan.py"),
        ("-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "--quiet", "-m", f"Add {GIT}"),
    ):
        subprocess.run(["git", *words], cwd=place.root, check=True)


def _check(place: Place, target: str) -> None:
    """Look for the secrets in every layer of an image, in its settings and in its history."""
    image = f"{place.image}:{target}"
    told = docker("history", "--no-trunc", image).stdout + docker("inspect", image).stdout
    found = {secret for secret in place.secrets if secret in told}
    secrets = [secret.encode() for secret in place.secrets]
    for name, content in saved_files(image):
        found |= {f"{one.decode()} in {name}" for one in secrets if one in content}
    assert not found, found


@fault(
    "secrets around production",
    "prod --detach --env-file .env --env SECRET_KEY",
    code=0,
    cause="",
    seconds=BUILT_SECONDS,
    mend=PASSES,
    bare=SERVE,
)
def secrets_around_production(place: Place) -> Iterator[None]:
    """Serve the production image with secrets all around it."""
    _scattered(place)
    yield
    _check(place, "production")
    place.shanty("stop")


@fault(
    "secrets around development",
    "dev --detach --env-file .env --env SECRET_KEY",
    code=0,
    cause="",
    seconds=BUILT_SECONDS,
    mend=PASSES,
    bare=SERVE,
)
def secrets_around_development(place: Place) -> Iterator[None]:
    """Serve the sources with secrets all around them."""
    _scattered(place)
    yield
    _check(place, "development")
    place.shanty("stop")


@fault(
    "secrets around an app that fails",
    "prod --detach --env-file .env",
    code=1,
    cause=r"MISSING_TOKEN",
    afterwards=True,
    mend=with_option,
    bare=SERVE,
)
def secrets_around_an_app_that_fails(place: Place) -> Iterator[None]:
    """Let the app fail, and be explained, with secrets all around it."""
    _scattered(place)
    coded(place, 'import os\n\nTOKEN = os.environ["MISSING_TOKEN"]')
    yield
    place.shanty("stop")
