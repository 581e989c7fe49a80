from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    """Tells Django of this room."""

    name = "trueline.workspaces"
    label = "workspaces"
    default_auto_field = "django.db.models.BigAutoField"
