from django.apps import AppConfig


class TracesConfig(AppConfig):
    """Tells Django of this room."""

    name = "trueline.traces"
    label = "traces"
    default_auto_field = "django.db.models.BigAutoField"
