"""A licence as SPDX writes it, from what a distribution says of its own."""

import pytest

from shanty.licence import CLASSIFIERS, from_classifiers, spdx


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("mit", "MIT"),
        ("apache-2.0 OR bsd-3-clause", "Apache-2.0 OR BSD-3-Clause"),
        ("LicenseRef-Proprietary", "LicenseRef-Proprietary"),
        ("The MIT License", None),
        ("", None),
        (None, None),
        ({"file": "LICENSE"}, None),
    ],
)
def test_a_text_is_an_expression_or_nothing(text: object, expression: str | None) -> None:
    assert spdx(text) == expression


def test_every_classifier_means_a_licence_that_there_is() -> None:
    assert {name: spdx(name) for name in CLASSIFIERS.values()} == {
        name: name for name in CLASSIFIERS.values()
    }


@pytest.mark.parametrize(
    ("classifiers", "expression"),
    [
        (["License :: OSI Approved :: MIT License"], "MIT"),
        (["License :: OSI Approved", "License :: OSI Approved :: MIT License"], "MIT"),
        (["Framework :: Flask"], None),
        (["License :: OSI Approved :: BSD License"], None),
        (
            [
                "License :: OSI Approved :: MIT License",
                "License :: OSI Approved :: Apache Software License",
            ],
            None,
        ),
        ([], None),
    ],
)
def test_a_classifier_counts_where_it_means_one_licence_and_stands_alone(
    classifiers: list[str], expression: str | None
) -> None:
    """Two may be a choice or a sum; BSD may be one of three."""
    assert from_classifiers(classifiers) == expression
