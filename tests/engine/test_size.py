"""What the production image weighs, and its budget, on a real engine."""

import json

from shanty.byte_size import size_bytes
from tests.engine.support import Workspace, docker, inspect


def test_the_bytes_of_layers_and_of_parts_add_up_to_what_the_engine_says(built: Workspace) -> None:
    values = json.loads(built.invoke("size", "--json").stdout)
    size, base = (inspect(name, ".Size") for name in (values["image"], values["base"]["image"]))
    assert isinstance(size, int)
    assert isinstance(base, int)
    added = values["added"]
    assert sum(one["size"] for one in values["layers"]) == added
    assert sum(one["size"] for one in values["parts"]) == added
    assert values["size"] == values["base"]["size"] + added
    # An engine may count the names that links hold.
    assert abs(size - values["size"]) < size / 1000
    assert abs(size - base - added) < added / 1000


def test_every_layer_is_told_in_plain_words_and_every_package_of_the_lock_is_there(
    built: Workspace,
) -> None:
    values = json.loads(built.invoke("size", "--json").stdout)
    made = [one["made"] for one in values["layers"]]
    assert "the packages of the lock, and the server that it lacks" in made
    assert [one for one in made if one.startswith(("RUN", "COPY", "ADD"))] == []
    kinds = {one["name"].partition(" ")[0]: one["kind"] for one in values["parts"]}
    assert kinds["flask"] == kinds["gunicorn"] == kinds["coach-planner"] == "distribution"


def test_an_image_over_its_budget_loses_its_tag_to_the_one_before(workspace: Workspace) -> None:
    workspace.invoke("build", env={"SHANTY_SIZE_BUDGET": "200 MB"})
    before = docker("image", "inspect", "--format", "{{.Id}}", workspace.tag("production")).stdout
    edited = workspace.sample / "src/coach_planner/plan.py"
    edited.write_text(f"{edited.read_text('utf-8')}\n# heavier\n", encoding="utf-8")
    refused = workspace.invoke("build", code=1, env={"SHANTY_SIZE_BUDGET": "1.5 MB"})
    *parts, announced, what, fix = refused.stderr.splitlines()[-13:]
    assert what.startswith(f"{workspace.tag('production')} adds ")
    assert what.endswith(" over its size-budget of 1.5 MB")
    assert fix.startswith("fix: take out what it can do without (invoke size shows all)")
    assert len(parts) == 10
    assert any(line.endswith("  flask 3.1.3") for line in parts)
    assert announced == f"shanty > docker tag {before} {workspace.tag('production')}"
    after = docker("image", "inspect", "--format", "{{.Id}}", workspace.tag("production")).stdout
    assert after == before
    # What the fix names is enough.
    enough = fix.split('"')[1]
    assert size_bytes(enough) > 1_500_000
    workspace.invoke("build", env={"SHANTY_SIZE_BUDGET": enough})
