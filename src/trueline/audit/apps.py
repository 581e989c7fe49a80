from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Tells Django of this room."""

    name = "trueline.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
