from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Tells Django of this room."""

    name = "trueline.evidence"
    label = "evidence"
    default_auto_field = "django.db.models.BigAutoField"
