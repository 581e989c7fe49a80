"""Exports for journeys: generated tenants, zipped as a person would upload them."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from trueline.connections import registry


@dataclass(frozen=True, slots=True)
class Zips:
    """Two uploads.

    Attributes:
        standard: A tenant as it was agreed.
        drifted: Another tenant that has drifted from it.
    """

    standard: Path
    drifted: Path


def zips(folder: Path) -> Zips:
    """Generate the tenants and zip the two exports that the story needs."""
    make_demo = registry.export_provider().make_demo
    assert make_demo is not None
    exports = make_demo(folder / "tenants")
    standard = next(one for one in exports if one.is_standard)
    drifted = next(one for one in exports if not one.is_standard)
    return Zips(_zipped(standard.path, folder / "standard.zip"), _zipped(drifted.path, folder / "drifted.zip"))


def _zipped(source: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(source.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(source))
    return target
