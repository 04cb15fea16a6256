"""The licences of a distribution, as its own metadata has them."""

from email.message import Message

import pytest
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression

from shanty.sbom.licences import licences

MIT = "License :: OSI Approved :: MIT License"
BSD = "License :: OSI Approved :: BSD License"
OTHER = "License :: Other/Proprietary License"


def said(*fields: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the licences of metadata with these fields: how each is given, and what it is."""
    metadata = Message()
    for name, value in fields:
        metadata[name] = value
    found = []
    for one in licences(metadata):
        if isinstance(one, LicenseExpression):
            found.append(("expression", one.value))
        elif isinstance(one, DisjunctiveLicense):
            found.append(("id", one.id) if one.id else ("name", str(one.name)))
    return found


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([("License-Expression", "mit")], [("id", "MIT")]),
        (
            [("License-Expression", "MIT OR Apache-2.0"), ("License", "BSD")],
            [("expression", "MIT OR Apache-2.0")],
        ),
        ([("License-Expression", "LicenseRef-Own")], [("expression", "LicenseRef-Own")]),
        ([("License", "BSD-3-Clause"), ("Classifier", BSD)], [("id", "BSD-3-Clause")]),
        ([("License", "As you like"), ("Classifier", MIT)], [("id", "MIT")]),
        ([("License", "As you like"), ("Classifier", BSD)], [("name", "As you like")]),
        (
            [("License", "A page\n        and another"), ("Classifier", BSD)],
            [("name", "BSD License")],
        ),
        (
            [("License", "UNKNOWN"), ("Classifier", BSD), ("Classifier", OTHER)],
            [("name", "BSD License"), ("name", "Other/Proprietary License")],
        ),
        ([("Classifier", "Framework :: Flask")], []),
        ([], []),
    ],
)
def test_a_licence_is_one_of_spdx_s_or_the_name_it_was_given(
    fields: list[tuple[str, str]], expected: list[tuple[str, str]]
) -> None:
    assert said(*fields) == expected
