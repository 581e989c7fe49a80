from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    """Tells Django of this room."""

    name = "trueline.connections"
    label = "connections"
    default_auto_field = "django.db.models.BigAutoField"
