"""How this machine reaches others."""

from pathlib import Path

import pytest

from shanty.errors import UsageError
from shanty.network import ca_bundle


def test_a_ca_bundle_that_is_not_there_is_told_by_its_variable() -> None:
    with pytest.raises(UsageError) as refused:
        ca_bundle({"PIP_CERT": "/nowhere/ca.crt"})
    assert str(refused.value) == (
        "PIP_CERT names /nowhere/ca.crt, and there is no such file\n"
        "fix: point PIP_CERT at the machine's CA bundle, or unset it"
    )


def test_a_folder_is_no_ca_bundle(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"^PIP_CERT names {tmp_path}, and that is a folder"):
        ca_bundle({"PIP_CERT": str(tmp_path)})
