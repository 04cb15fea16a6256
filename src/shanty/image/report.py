"""What an image weighs, for a person, for a script, and as a picture."""

import json
from pathlib import Path

from shanty.byte_size import shown
from shanty.door import door
from shanty.errors import UsageError
from shanty.image.treemap import Area, draw
from shanty.image.weight import Part, Weight


def weight_table(weight: Weight) -> str:
    """Return the layers, the lowest first, then the parts of what was added, in plain columns.

    Layers that hold nothing but folders are left out.
    """
    lines = [f"{shown(weight.base):>10}          {weight.base_image}"]
    lines += [
        f"{shown(layer.size):>10}  layer   {layer.made}" for layer in weight.layers if layer.size
    ]
    lines += [f"{shown(weight.size):>10}  all of {weight.name}", ""]
    lines += [f"{shown(weight.added):>10}  added to the base"]
    return "\n".join([*lines, *(_row(part, weight.added) for part in weight.parts)])


def _row(part: Part, added: int) -> str:
    bytecode = f"  ({shown(part.bytecode)} bytecode)" if 0 < part.bytecode < part.size else ""
    return f"{shown(part.size):>10}  {part.size / added:6.1%}  {part.name}{bytecode}"


def weight_json(weight: Weight) -> str:
    """Return the same for a script, in bytes."""
    values = {
        "image": weight.name,
        "size": weight.size,
        "base": {"image": weight.base_image, "size": weight.base},
        "added": weight.added,
        "layers": [{"made": layer.made, "size": layer.size} for layer in weight.layers],
        "parts": [
            {"name": part.name, "kind": part.kind, "size": part.size, "bytecode": part.bytecode}
            for part in weight.parts
        ],
    }
    return json.dumps(values, indent=2)


def picture_file(typed: str | None) -> Path | None:
    """Return the file for a picture; raise `UsageError` where none can be written."""
    if typed is None:
        return None
    path = Path.cwd() / typed
    if path.is_dir() or not path.parent.is_dir():
        reason = "is a folder" if path.is_dir() else "is in a folder that is not there"
        raise UsageError(f"--svg {typed} {reason}", f"{door()} size --svg size.svg")
    return path


def weight_svg(weight: Weight) -> str:
    """Return the parts as a treemap."""
    title = (
        f"{weight.name} adds {shown(weight.added)} to {weight.base_image} ({shown(weight.base)})"
    )
    figures = (f"{shown(one.size)}, {one.size / weight.added:.1%}" for one in weight.parts)
    areas = [
        Area(part.name, figure, part.kind, part.size)
        for part, figure in zip(weight.parts, figures, strict=True)
    ]
    return draw(title, areas)
