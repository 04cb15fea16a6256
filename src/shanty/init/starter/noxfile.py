# /// script
# dependencies = ["nox"]
# ///
"""The checks of this project, one session each: `nox` runs them all, `nox --list` names them."""

import http.client
import secrets
import socket
import time

import nox

IMAGE = "app"
# The folder that `docker build` is given, and the Dockerfile, both from here.
CONTEXT = "."
DOCKERFILE = "docker/Dockerfile"
# What is asked for, and what `docker run` needs besides: ("--env", "SECRET_KEY=for-tests-alone").
PAGE = "/"
OPTIONS: tuple[str, ...] = ()
SECONDS = 60


@nox.session(venv_backend="none")
def docker_tests(session: nox.Session) -> None:
    """Build the production image, start it, ask it over HTTP. Words after -- go to the build."""
    tag, name, port = f"{IMAGE}:docker-tests", f"docker-tests-{secrets.token_hex(4)}", free_port()
    build = ("--tag", tag, "--file", DOCKERFILE, *session.posargs, CONTEXT)
    session.run("docker", "build", *build, external=True)
    run = ("--detach", "--name", name, "--publish", f"127.0.0.1:{port}:8888")
    held = ("--read-only", "--tmpfs", "/tmp")  # noqa: S108 - the container's own
    try:
        session.run("docker", "run", *run, *held, *OPTIONS, tag, external=True)
        status = first_status(session, name, port)
        if not 200 <= status < 500:  # noqa: PLR2004 - as HTTP has them
            session.run("docker", "logs", name, external=True)
            session.error(f"{PAGE} answers {status or 'nothing'}")
    finally:
        for remove in (("rm", "--force", "--volumes", name), ("image", "rm", tag)):
            session.run("docker", *remove, external=True, silent=True, success_codes=[0, 1])


def free_port() -> int:
    """Return a port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def first_status(session: nox.Session, name: str, port: int) -> int:
    """Return the first answer's status, 0 where the container has ended or the time is up."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and is_running(session, name):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", PAGE)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
        finally:
            connection.close()
    return 0


def is_running(session: nox.Session, name: str) -> bool:
    """Tell whether a container is up."""
    look = ("docker", "inspect", "--format", "{{.State.Running}}", name)
    return "true" in str(session.run(*look, external=True, silent=True, log=False))


if __name__ == "__main__":
    nox.main()
