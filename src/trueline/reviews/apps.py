from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Tells Django of this room."""

    name = "trueline.reviews"
    label = "reviews"
    default_auto_field = "django.db.models.BigAutoField"
