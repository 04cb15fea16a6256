"""Why a registry gave or took no image, by what Docker says of it."""

import re

from shanty.errors import MachineError, RunError, ShantyError
from shanty.failure.case import Diagnosis, masked
from shanty.reference import parse_reference

LIMITED = r"toomanyrequests|429 Too Many Requests|rate limit"
DENIED = r"denied|unauthorized|authentication required|no basic auth credentials|40[13] \w+"
UNKNOWN = r"manifest unknown|not found|does not exist"
UNREACHED = (
    r"dial tcp|no such host|connection refused|timeout|deadline exceeded|x509|EOF$|reset by peer"
)
PUSHED = re.compile(r"(?:failed to push|> pushing) (?P<image>\S+?):?(?=\s)")
REASON = re.compile(r"^ERROR: (?:failed to solve: )?(.*)$", re.MULTILINE)


def not_pulled(image: str, said: str) -> Diagnosis | None:
    """Explain an image that was not pulled, `None` where what Docker says is not known."""
    last, registry = _last(said), _registry(image)
    again = f"docker pull {image}"
    if re.search(LIMITED, last, re.IGNORECASE):
        return Diagnosis(
            f"{registry or 'Docker Hub'} lets nobody here pull more for now",
            f"docker login {registry}".rstrip() + "  # or wait for an hour",
        )
    if re.search(UNREACHED, last):
        what = f"{registry or 'Docker Hub'} cannot be reached: {masked(last)}"
        return Diagnosis(what, f"{again}  # once it can be reached")
    if re.search(UNKNOWN, last):
        return Diagnosis(
            f"{registry or 'Docker Hub'} has no {image}, or shows it to nobody that is not known",
            f"docker login {registry}".rstrip()
            + '  # or name one that there is: [tool.shanty] base-image = "…"',
        )
    if re.search(DENIED, last):
        return Diagnosis(
            f"{registry or 'Docker Hub'} lets nobody in who is not known: {masked(last)}",
            f"docker login {registry}".rstrip(),
        )
    return None


def not_pushed(said: str) -> Diagnosis | None:
    """Explain an image that was built and not pushed, `None` where it was not that."""
    found = PUSHED.search(said)
    if found is None:
        return None
    reasons = REASON.findall(said) or ["it does not say why"]
    registry, last = _registry(found["image"]), masked(reasons[-1])
    name = registry or "Docker Hub"
    if re.search(DENIED, last):
        return Diagnosis(
            f"{name} takes no {found['image']} from you: {last}",
            f"docker login {registry}".rstrip() + "  # or push to a name of your own",
        )
    return Diagnosis(f"{name} did not take {found['image']}: {last}", "mend that, then push again")


def not_taken(image: str, said: str) -> ShantyError:
    """Return why a registry did not take an image, or has not tagged it, by what Docker says."""
    registry, last = _registry(image), masked(_end(said))
    name = registry or "Docker Hub"
    if re.search(DENIED, last):
        return RunError(
            f"{name} takes no {image} from you: {last}",
            f"docker login {registry}".rstrip() + "  # or push to a name of your own",
        )
    if re.search(UNREACHED, last):
        return MachineError(
            f"{name} cannot be reached: {last}", f"docker push {image}  # once it can be reached"
        )
    return RunError(f"{name} did not take {image}: {last}", "mend that, then push again")


def _end(said: str) -> str:
    """Return the last line that says something, without who says it."""
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["it does not say why"]
    return re.sub(r"^(?:ERROR|error|Error response from daemon|failed to solve): ", "", lines[-1])


def _registry(image: str) -> str:
    """Return the registry of an image as `docker login` takes it, empty for the usual one."""
    host, _, _ = parse_reference(image, "image").repository_name.partition("/")
    return "" if host == "docker.io" else host


def _last(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1].rpartition("Error response from daemon: ")[2].strip() if lines else ""
