from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProgrammingConfig(AppConfig):
    """The teaching: ladders, drills, classes and what was seen."""

    name = "programming"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gym.history import protect_history
        from programming.notices import register_notices

        register_notices()
        post_migrate.connect(protect_history, sender=self)
