"""A province with two prefectures, four counties and two townships."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Place:
    """One row of the list of regions."""

    code: str
    name: str
    level: str
    parent: str | None


PLACES = [
    Place(code="52", name="贵州省", level="province", parent=None),
    Place(code="5201", name="贵阳市", level="prefecture", parent="52"),
    Place(code="520102", name="南明区", level="county", parent="5201"),
    Place(code="520103", name="云岩区", level="county", parent="5201"),
    Place(code="5203", name="遵义市", level="prefecture", parent="52"),
    Place(code="520302", name="红花岗区", level="county", parent="5203"),
    Place(code="520302001", name="老城街道", level="township", parent="520302"),
    Place(code="520302002", name="万里路街道", level="township", parent="520302"),
    Place(code="520381", name="赤水市", level="county", parent="5203"),
]
