from django.apps import AppConfig


class SystemsConfig(AppConfig):
    """Tells Django of this room."""

    name = "trueline.systems"
    label = "systems"
    default_auto_field = "django.db.models.BigAutoField"
