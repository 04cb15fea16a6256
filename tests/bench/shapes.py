"""The ways to build and serve the project: the command lines of each."""

import os
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import process
from tests.bench.project import Copy

FOLDER = Path(__file__).parent / "shapes"
SHANTY, BARE = "shanty", "bare"
# What no way can be quicker than.
FLOOR = "floor"
BLOG_POST, POETRY_FAQ, UV_GUIDE = "blog_post", "poetry_faq", "uv_guide"
# Written for the benchmark, each with a Dockerfile of its own.
OTHERS = (BLOG_POST, POETRY_FAQ, UV_GUIDE)
ALL = (SHANTY, BARE, *OTHERS)
TASKS = (sys.executable, "-m", "shanty")
ANNOUNCED = "shanty > "
# Where the tools of the other shapes look for what the build secrets hold.
CA_VARIABLES = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")


@dataclass(frozen=True)
class Versions:
    """What every shape is made with."""

    base: str
    poetry: str
    uv: str


@dataclass(frozen=True)
class Shape:
    """One way, with a checkout of its own."""

    name: str
    copy: Copy
    versions: Versions
    # What a command's environment adds: the base image, say.
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its commands."""
        return {**os.environ, **self.copy.environment, **self.variables}

    def run(self, words: list[str]) -> process.Done:
        """Run a command in the checkout."""
        return process.run(words, self.copy.folder, self.environment)

    def build(self, target: str = "production") -> list[str]:
        """Return the line that builds a target."""
        if self.name == SHANTY:
            return [*TASKS, "build", "--target", target]
        if self.name == BARE:
            return self.announced("build", "--target", target)[-1]
        words = ["docker", "buildx", "build", "--file", str(FOLDER / self.name / "Dockerfile")]
        words += ["--tag", self.image(target), *self._arguments(), "--load"]
        return [*words, *(["--target", target] if self.name == BLOG_POST else []), "."]

    def image(self, target: str = "production") -> str:
        """Return the image of a target."""
        return f"{self.copy.image}:{target}"

    def serve(self, target: str, name: str, port: int) -> list[str]:
        """Return the `docker run` that serves, in the background."""
        if self.name in OTHERS:
            words = ["docker", "run", "--detach", "--name", name]
            return [*words, "--publish", f"127.0.0.1:{port}:8888", self.image(target)]
        task = "prod" if target == "production" else "dev"
        line = self.announced(task, "--detach", "--port", str(port))[-1]
        line[line.index("--name") + 1] = name
        return line

    def announced(self, *words: str) -> list[list[str]]:
        """Return the commands that a task says it would run."""
        said = self.run([*TASKS, "--dry", *words]).said
        lines = [line for line in said.splitlines() if line.startswith(ANNOUNCED)]
        return [shlex.split(line.removeprefix(ANNOUNCED)) for line in lines]

    def _arguments(self) -> list[str]:
        """Return build arguments and secrets: those that Shanty gives its own build."""
        line = self.announced("build")[-1]
        secrets = [line[index + 1] for index, word in enumerate(line) if word == "--secret"]
        values = {
            "BASE_IMAGE": self.versions.base,
            "POETRY_VERSION": self.versions.poetry,
            "UV_VERSION": self.versions.uv,
        }
        if any(secret.startswith("id=ca,") for secret in secrets):
            values |= dict.fromkeys(CA_VARIABLES, "/run/secrets/ca")
        if any(secret.startswith("id=pip,") for secret in secrets):
            values["PIP_CONFIG_FILE"] = "/run/secrets/pip"
        words = [word for pair in values.items() for word in ("--build-arg", "=".join(pair))]
        return words + [word for secret in secrets for word in ("--secret", secret)]
