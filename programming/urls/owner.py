"""What the gym's owner reaches, under owner/."""

from django.urls import path

from programming.views import owner

urlpatterns = [
    path("owner/schedule/", owner.schedule, name="schedule"),
]
