"""The labels of a production image: what it was made from, in the OCI's own words."""

import hashlib
import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from shanty.checkout import Checkout
from shanty.dependencies.lock import Lock
from shanty.licence import from_classifiers, spdx
from shanty.project import Project
from shanty.pyproject import table
from shanty.recipe import Recipe
from shanty.reference import parse_reference

OCI = "org.opencontainers.image"
TITLE, BASE_NAME, BASE_DIGEST = f"{OCI}.title", f"{OCI}.base.name", f"{OCI}.base.digest"
LOCK = "shanty.lock"
# The well-known labels of `[project.urls]` that mean the source, as the standard has them.
SOURCES = {"source", "repository", "sourcecode", "github"}


def image_labels(
    recipe: Recipe,
    lock: Lock,
    checkout: Checkout | None,
    base_image: str,
    digest: str | None,
) -> dict[str, str]:
    """Return the labels by name, and none for which there is nothing to say.

    `digest` is what the registry calls the base image, or its id; `None` where that is not known,
    and then nothing is said of it. No label depends on when or where the image is built, but for
    the base that this engine has.
    """
    project = recipe.context.project
    values = {
        TITLE: project.name,
        f"{OCI}.description": declared(project, "description"),
        f"{OCI}.version": recipe.version or declared(project, "version"),
        f"{OCI}.licenses": project_licence(project),
        f"{OCI}.source": project_source(project) or (origin(checkout.origin) if checkout else ""),
        **_of_checkout(checkout),
        **_of_base(base_image, digest),
        LOCK: lock_digest(lock),
    }
    return {name: " ".join(value.split()) for name, value in values.items() if value}


def lock_digest(lock: Lock) -> str:
    """Return the SHA-256 of the lock as it lies there, by which a later one is told from it."""
    return hashlib.sha256(lock.path.read_bytes()).hexdigest()


def project_licence(project: Project) -> str:
    """Return the project's licence as an SPDX expression, empty where it names none that is one.

    A classifier counts where no key says it.
    """
    standard, poetry = (table(project.pyproject, place) for place in ("project", "tool.poetry"))
    texts = (standard.get("license"), table(standard, "license").get("text"), poetry.get("license"))
    found = next((one for text in texts if (one := spdx(text))), None)
    classifiers = (*standard.get("classifiers", ()), *poetry.get("classifiers", ()))
    return found or from_classifiers(classifiers) or ""


def origin(address: str) -> str:
    """Return a git remote as anybody may read it: by https, without credentials.

    Empty for one that only this machine reaches.
    """
    short = re.fullmatch(r"(?:[^/@:]+@)?([^/:@]{2,}):(?!//)/?(.+)", address)
    if short:
        return f"https://{short[1]}/{short[2]}"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    scheme = {"git": "https", "ssh": "https", "git+ssh": "https"}.get(parts.scheme, parts.scheme)
    if scheme not in {"https", "http"} or not host:
        return ""
    # The port of an SSH server is none of its web server's.
    kept = f":{port}" if port and scheme == parts.scheme else ""
    return f"{scheme}://{host}{kept}{parts.path}"


def _of_checkout(checkout: Checkout | None) -> dict[str, str]:
    """Return the commit, marked where the sources hold more; its time where they do not."""
    if checkout is None:
        return {}
    if checkout.is_dirty:
        return {f"{OCI}.revision": f"{checkout.commit}-dirty"}
    created = datetime.fromtimestamp(checkout.time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {f"{OCI}.revision": checkout.commit, f"{OCI}.created": created}


def _of_base(base_image: str, digest: str | None) -> dict[str, str]:
    reference = parse_reference(base_image, "base-image")
    found = reference.digest or digest
    if not found:
        return {}
    # One that was made here is in no registry.
    name = str(reference) if reference.is_made_here else reference.qualified
    return {BASE_NAME: name, BASE_DIGEST: found}


def project_source(project: Project) -> str:
    """Return the repository that the project itself names."""
    poetry = table(project.pyproject, "tool.poetry")
    named = {**table(poetry, "urls"), **table(project.pyproject, "project.urls")}
    known = {re.sub(r"[-_\s]", "", name).lower(): str(url) for name, url in named.items()}
    found = next((known[name] for name in known if name in SOURCES), poetry.get("repository"))
    return origin(str(found or ""))


def declared(project: Project, key: str) -> str:
    """Return what a project's own tables say under a key, the standard's first."""
    places = (table(project.pyproject, place).get(key) for place in ("project", "tool.poetry"))
    return next((str(value) for value in places if value), "")
