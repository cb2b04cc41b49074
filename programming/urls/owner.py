"""What the gym's owner reaches, under owner/."""

from django.urls import path

from programming.views import owner, owner_screens

urlpatterns = [
    path("owner/schedule/", owner.schedule, name="schedule"),
    path("owner/screens/", owner_screens.screens, name="screens"),
    path("owner/screens/<uuid:screen_id>/", owner_screens.screen, name="edit_screen"),
    path("owner/screens/<uuid:screen_id>/revoke/", owner_screens.revoke, name="revoke_screen"),
]
