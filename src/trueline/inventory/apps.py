from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Tells Django of this room."""

    name = "trueline.inventory"
    label = "inventory"
    default_auto_field = "django.db.models.BigAutoField"
