from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """Tells Django of this room."""

    name = "trueline.casework"
    label = "casework"
    default_auto_field = "django.db.models.BigAutoField"
