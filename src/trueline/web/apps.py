from django.apps import AppConfig


class WebConfig(AppConfig):
    """Tells Django of this room."""

    name = "trueline.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
