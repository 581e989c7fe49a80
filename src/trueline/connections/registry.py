"""Which providers are in use. The composition root fills it once; rooms ask it by key."""

from trueline.connections.contract import Provider
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


def export_provider() -> Provider:
    """The provider that reads exported files. Raises `NoExportProvider` when none is installed, or several are."""
    found = providers()
    if len(found) != 1:
        raise NoExportProvider
    return found[0]
