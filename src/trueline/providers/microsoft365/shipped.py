"""The baselines that come with the provider, as texts."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources


def shipped_baselines() -> Mapping[str, str]:
    """The YAML text of every baseline in the package, by file name without its ending."""
    folder = resources.files("trueline.providers.microsoft365") / "baselines"
    files = sorted(folder.iterdir(), key=lambda one: one.name)
    return {one.name.removesuffix(".yaml"): one.read_text("utf-8") for one in files if one.name.endswith(".yaml")}
