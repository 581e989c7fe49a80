from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Tells Django of this room, for its one template."""

    name = "trueline.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
