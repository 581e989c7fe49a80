from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Tells Django of this room."""

    name = "trueline.operations"
    label = "operations"
    default_auto_field = "django.db.models.BigAutoField"
