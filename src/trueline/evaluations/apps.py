from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    """Tells Django of this room."""

    name = "trueline.evaluations"
    label = "evaluations"
    default_auto_field = "django.db.models.BigAutoField"
