"""What a TV reaches. These two addresses are open: the link itself is what lets it in."""

from django.urls import path

from programming.views import screen

urlpatterns = [
    path("screen/<str:link>/", screen.screen, name="screen"),
    path("screen/<str:link>/now/", screen.changes, name="screen_now"),
]
