from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Tells Django of this room."""

    name = "trueline.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
