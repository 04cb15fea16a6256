"""Shapes of real `pyproject.toml` files: their form, and no word of theirs.

`shaping` makes one; no text is taken over. The 200 in `pyproject.txt` are those of files in public
repositories, most of them of python-poetry (poetry, poetry-core), nix-community/poetry2nix, pdm,
uv, conda-lock, poethepoet, scikit-build-core and opentelemetry-python-contrib, the rest of forty
others with one to six each.
"""

import re
from pathlib import Path


def read_shapes() -> list[str]:
    """Return the shapes, each as its file has it."""
    text = Path(__file__).with_name("pyproject.txt").read_bytes().decode()
    return [one.removesuffix("\n") for one in re.split(r"^%% \d+\n", text, flags=re.MULTILINE)[1:]]
