"""The script that sorts what Poetry exported, as the image's stages run it."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "docker" / "requirements.py"


@pytest.mark.parametrize(
    ("pyproject", "groups"),
    [
        ('[tool.poetry]\nname = "harbour"\n', ""),
        ('[tool.poetry.dev-dependencies]\npytest = "*"\n', "dev"),
        (
            '[tool.poetry.group.lint.dependencies]\nruff = "*"\n[dependency-groups]\nci = []\n',
            "ci,lint",
        ),
    ],
)
def test_every_group_is_named_wherever_it_stands(
    tmp_path: Path, pyproject: str, groups: str
) -> None:
    """Releases before 2.0 cannot be asked to export all groups: each has to be named."""
    (tmp_path / "pyproject.toml").write_text(pyproject, encoding="utf-8")
    words = [sys.executable, str(SCRIPT), "groups"]
    answer = subprocess.run(words, cwd=tmp_path, capture_output=True, check=True, text=True)
    assert answer.stdout == f"{groups}\n"
