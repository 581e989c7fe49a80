from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Tells Django of this room."""

    name = "trueline.vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"
