"""The doors of the house."""

from django.contrib import admin
from django.urls import include, path

from gym import views

urlpatterns = [
    path("", views.home, name="home"),
    path("health/", views.health, name="health"),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("gym/<slug:gym_slug>/", include("programming.urls")),
]
