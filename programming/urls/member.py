"""What a member reaches."""

from django.urls import path

from programming.views import (
    calendar,
    check_in,
    drill_pictures,
    hurts,
    member,
    member_history,
    member_practice,
    member_self_check,
    my_data,
)

urlpatterns = [
    path("my/", member.my, name="my"),
    path("my/tv/", member.show_on_tv, name="my_tv"),
    path("my/language/", member.use_language, name="my_language"),
    path("my/mail/", member.have_mail, name="my_mail"),
    path("my/practised/", member_practice.practised, name="my_practised"),
    path("my/undo/", member_practice.take_back, name="my_undo"),
    path("my/history/", member_history.history, name="my_history"),
    path("my/history/looked/", member_history.looked, name="my_looked"),
    path("my/self-check/", member_self_check.self_checks, name="my_self_checks"),
    path("my/self-check/<slug:progression>/<slug:check>/", member_self_check.self_check, name="my_self_check"),
    path("my/data/", my_data.my_data, name="my_data"),
    path("my/data/name/", my_data.my_name, name="my_name"),
    path("my/data/download/", my_data.download, name="my_download"),
    path("my/data/leave/", my_data.leave, name="my_leave"),
    path("my/data/delete/", my_data.delete, name="my_delete"),
    path("my/hurts/", hurts.hurts, name="my_hurts"),
    path("my/calendar/", calendar.my_calendar, name="my_calendar"),
    path("my/calendar/revoke/", calendar.revoke, name="revoke_calendar"),
    path("calendar/<str:calendar>/", calendar.feed, name="calendar"),
    path("drills/<uuid:drill_id>/picture/<slug:mark>/", drill_pictures.picture, name="drill_picture"),
    path("check-in/<str:token>/", check_in.check_in, name="check_in"),
]
