"""What a coach reaches. Every kind of tap has an address of its own."""

from django.urls import URLPattern, URLResolver, include, path

from programming.views import (
    coach,
    coach_board,
    coach_class,
    coach_ladders,
    coach_member,
    coach_pin,
    coach_plan,
    coach_regulars,
    coach_roster,
    coach_several,
    coach_stations,
    coach_undo,
    invitations,
)
from programming.views.shown_ladder import on_ladder

taps = [
    path("stage/", coach_board.stage, name="tap_stage"),
    path("setting/", coach_board.setting, name="tap_setting"),
    path("drill/", coach_board.drill, name="tap_drill"),
    path("saw/", coach_board.saw, name="tap_saw"),
    path("fault/", coach_board.fault, name="tap_fault"),
    path("pain/", coach_board.pain, name="tap_pain"),
    path("clear/", coach_board.clear, name="tap_clear"),
    path("assign/", coach_board.assign, name="tap_assign"),
    path("note/", coach_board.note, name="tap_note"),
    path("attendance/", coach_board.attendance, name="tap_attendance"),
    path("with-coach/", coach_stations.with_coach, name="tap_with_coach"),
    path("not-today/", coach_regulars.not_today, name="tap_not_today"),
    path("undo/", coach_undo.undo, name="tap_undo"),
    path("move/", coach_undo.move, name="tap_move"),
    path("sheet/", coach_board.sheet, name="sheet"),
    path("member/", coach_member.member_sheet, name="member_sheet"),
    path("hand-out/", coach_member.hand_out, name="hand_out"),
    path("limits/", coach_member.limits, name="limits"),
    path("tv/", coach_member.show_on_tv, name="show_on_tv"),
]

plan = [
    path("", coach_plan.plan, name="plan"),
    path("block/", coach_plan.block, name="plan_block"),
    path("paused/", coach_plan.paused, name="plan_paused"),
    path("minutes/", coach_plan.minutes, name="plan_minutes"),
    path("dropped/", coach_plan.dropped, name="plan_dropped"),
    path("order/", coach_plan.order, name="plan_order"),
    path("drill/", coach_plan.drill, name="plan_drill"),
    path("finished/", coach_plan.finished, name="plan_finished"),
    path("removed/", coach_plan.removed, name="plan_removed"),
]

# What a ladder of a class has of its own; the rest is the class's.
of_board = [
    path("", coach_board.board, name="board"),
    path("rows/", coach_board.rows, name="board_rows"),
    path("add/", coach_roster.add, name="add_someone"),
    path("regulars/", coach_regulars.regulars, name="regulars"),
    path("rest/", coach_several.rest, name="tap_rest"),
    path("several/", coach_several.several, name="tap_several"),
    path("several/undo/", coach_several.undo, name="undo_several"),
    path("stations/", coach_stations.stations, name="stations"),
    path("stations/today/", coach_stations.for_today, name="tap_for_today"),
    path("order/", coach_stations.order, name="order"),
    path("plan/", coach_plan.plan, name="plan"),
    path("summary/", coach_plan.summary, name="summary"),
    path("taps/", coach_undo.taps, name="taps"),
    path("taps/<uuid:tap_key>/wrong-person/", coach_undo.wrong_person, name="wrong_person"),
    *(path(f"<uuid:member_id>/{each.pattern}", each.callback, name=str(each.name)) for each in taps),
]

of_class: list[URLPattern | URLResolver] = [
    *(each for each in of_board if each.name != "plan"),
    path("change/", coach_class.change, name="change_class"),
    path("cancel/", coach_class.cancel, name="cancel_class"),
    path("ladders/", coach_ladders.ladders, name="class_ladders"),
    path("plan/", include(plan)),
    path("invitations/", invitations.of_class, name="invite_class"),
    *(path(f"on/<slug:ladder>/{each.pattern}", on_ladder(each.callback), name=str(each.name)) for each in of_board),
]

urlpatterns = [
    path("today/", coach.today, name="today"),
    path("today/hand/", coach.hand, name="hand"),
    path("pin/", coach_pin.pin, name="pin"),
    path("people/<uuid:person_id>/invite/", invitations.invite, name="invite"),
    path("people/invitations/<uuid:invitation_id>/", invitations.code, name="invitation_code"),
    path("class/start/", coach.start, name="start_class"),
    path("class/<uuid:session_id>/", include(of_class)),
]
