"""What a member reaches."""

from django.urls import path

from programming.views import check_in, member

urlpatterns = [
    path("my/", member.my, name="my"),
    path("my/tv/", member.show_on_tv, name="my_tv"),
    path("my/language/", member.use_language, name="my_language"),
    path("my/mail/", member.have_mail, name="my_mail"),
    path("check-in/<str:token>/", check_in.check_in, name="check_in"),
]
