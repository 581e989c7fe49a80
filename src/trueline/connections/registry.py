"""Which providers are in use. The composition root fills it once; rooms ask it by key."""

from datetime import datetime
from pathlib import Path

from trueline.connections.contract import Provider, Source
from trueline.connections.demonstration import DemoSystem
from trueline.connections.errors import NoExportProvider, UnknownProvider

_providers: dict[str, Provider] = {}


def register(provider: Provider) -> None:
    """Make a provider known. Registering the same key again replaces it, so tests can bring their own."""
    _providers[provider.key] = provider


def provider(key: str) -> Provider:
    """The provider of that key. Raises `UnknownProvider`."""
    try:
        return _providers[key]
    except KeyError:
        raise UnknownProvider(key) from None


def providers() -> tuple[Provider, ...]:
    """All registered providers, by key."""
    return tuple(_providers[key] for key in sorted(_providers))


def export_provider(environment_kind: str = "") -> Provider:
    """The provider that reads exported files of a kind of environment; of any kind when none is named.

    Raises `NoExportProvider` when none is installed, or several are.
    """
    reading = [one for one in providers() if one.open_export is not None]
    found = [one for one in reading if environment_kind in ("", one.environment_kind)]
    if len(found) != 1:
        raise NoExportProvider
    return found[0]


def open_export(key: str, path: Path, secret: bytes) -> Source:
    """An export, opened by the provider of that key.

    Raises `UnknownProvider`, `NoExportProvider` for one that reads none, and `SourceRefused`.
    """
    found = provider(key)
    if found.open_export is None:
        raise NoExportProvider
    return found.open_export(path, secret)


def demo_systems(now: datetime) -> tuple[DemoSystem, ...]:
    """The made-up systems of agents that installed providers bring for the demonstration, as they stand at a moment."""
    return tuple(one.make_demo_system(now) for one in providers() if one.make_demo_system is not None)
