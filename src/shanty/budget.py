"""What an image may add to its base, and what becomes of one that adds more."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shanty import engine, request
from shanty.byte_size import shown, size_bytes
from shanty.door import door
from shanty.errors import RunError
from shanty.image.weight import Weight
from shanty.request import Request

HEAVIEST = 10


@dataclass(frozen=True)
class Budget:
    """The size that an image may add to its base, as it was written.

    `before` are the tags that it is built under, each with the image that had it.
    """

    size: str
    base: str
    before: Mapping[str, str | None]

    @property
    def image(self) -> str:
        """The first tag."""
        return next(iter(self.before))

    def added(self) -> int | None:
        """Return what the image has added, `None` where its base is not the one at hand."""
        image, base = engine.find_image(self.image), engine.find_image(self.base)
        if not image or not base or not image.stands_on(base):
            return None
        return image.size - base.size

    def exceeded(self, added: int) -> RunError | None:
        """Return the fault of an image that has added too much, `None` for any other."""
        over = added - size_bytes(self.size)
        if over <= 0:
            return None
        return RunError(
            f"{self.image} adds {shown(added)} to its base, {shown(over)} over its "
            f"size-budget of {self.size}",
            f"take out what it can do without ({door()} size shows all), or write "
            f'size-budget = "{math.ceil(added / 10**6)} MB"',
        )

    def given_back(self) -> list[Request]:
        """Return how each tag goes back to the image that had it, if it was another."""
        image = _id(self.image)
        return [
            request.tag_image(before, name)
            if before and before != image
            else request.remove_images([name])
            for name, before in self.before.items()
        ]


def read_budget(size: str, base: str, names: Iterable[str]) -> Budget:
    """Return the budget of an image before it is built."""
    return Budget(size, base, {name: _id(name) for name in names})


def _id(name: str) -> str | None:
    found = engine.find_image(name)
    return found.id if found else None


def heaviest(weight: Weight) -> list[str]:
    """Return the heaviest parts of an image, a line each."""
    return [f"{shown(part.size):>10}  {part.name}" for part in weight.parts[:HEAVIEST]]
