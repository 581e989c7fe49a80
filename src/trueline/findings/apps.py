from django.apps import AppConfig


class FindingsConfig(AppConfig):
    """Tells Django of this room."""

    name = "trueline.findings"
    label = "findings"
    default_auto_field = "django.db.models.BigAutoField"
