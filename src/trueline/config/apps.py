from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The composition root as Django sees it: the last app, ready when all rooms are."""

    name = "trueline.config"
    label = "config"

    def ready(self) -> None:
        """Wire providers, run types and authority."""
        from trueline.config import wiring  # noqa: PLC0415 - models exist only once every app is loaded

        wiring.wire_rooms()
