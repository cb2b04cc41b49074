"""What a member reaches."""

from django.urls import path

from programming.views import member

urlpatterns = [
    path("my/", member.my, name="my"),
]
