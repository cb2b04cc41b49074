from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GymConfig(AppConfig):
    """The house: the gyms, their people, and who may enter."""

    name = "gym"
    verbose_name = _("Gym")

    def ready(self) -> None:
        from gym.post.accounts import register_accounts

        register_accounts()
