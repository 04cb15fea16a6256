"""The licences of a distribution, as its own metadata has them."""

from email.message import Message

from cyclonedx.model.license import DisjunctiveLicense, License, LicenseExpression
from cyclonedx.spdx import is_supported_id

from shanty.licence import from_classifiers, spdx

NAMELESS = {"", "UNKNOWN"}


def licences(metadata: Message) -> list[License]:
    """Return an expression or one of SPDX's own where the metadata means one, else the names."""
    classifiers = [str(one) for one in metadata.get_all("Classifier", ())]
    text = str(metadata.get("License", "")).strip()
    expression = spdx(metadata.get("License-Expression")) or spdx(text)
    if found := expression or from_classifiers(classifiers):
        return [as_licence(found)]
    # Some have all of the licence there.
    if text not in NAMELESS and "\n" not in text:
        return [DisjunctiveLicense(name=text)]
    names = [one.rpartition(" :: ")[2] for one in classifiers if one.startswith("License :: ")]
    return [DisjunctiveLicense(name=name) for name in names]


def as_licence(expression: str) -> License:
    """Return an SPDX expression as CycloneDX writes it: one licence by its id, where it is one."""
    if is_supported_id(expression):
        return DisjunctiveLicense(id=expression)
    return LicenseExpression(expression)
