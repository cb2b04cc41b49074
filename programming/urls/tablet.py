"""What an enrolled tablet reaches before a coach has unlocked it. These addresses are open: its cookie lets it in."""

from django.urls import path

from programming.views import tablet

urlpatterns = [
    path("tablet/", tablet.lock_screen, name="tablet"),
    path("tablet/switch/", tablet.switch, name="switch_coach"),
    path("tablet/lock/", tablet.lock, name="lock_tablet"),
]
