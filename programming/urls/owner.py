"""What the gym's owner reaches, under owner/."""

from django.urls import path

from programming.views import (
    owner,
    owner_audit,
    owner_equipment,
    owner_gym,
    owner_mail,
    owner_people,
    owner_retention,
    owner_screens,
    owner_tablets,
)

urlpatterns = [
    path("owner/schedule/", owner.schedule, name="schedule"),
    path("owner/equipment/", owner_equipment.equipment, name="equipment"),
    path("owner/equipment/weight/", owner_equipment.add_weight, name="add_weight"),
    path("owner/equipment/kind/", owner_equipment.add_kind, name="add_kind"),
    path("owner/equipment/<uuid:equipment_id>/remove/", owner_equipment.remove, name="remove_equipment"),
    path("owner/pain-records/", owner_retention.retention, name="retention"),
    path("owner/screens/", owner_screens.screens, name="screens"),
    path("owner/screens/<uuid:screen_id>/", owner_screens.screen, name="edit_screen"),
    path("owner/screens/<uuid:screen_id>/revoke/", owner_screens.revoke, name="revoke_screen"),
    path("owner/audit/", owner_audit.audit, name="audit"),
    path("owner/audit/export/", owner_audit.export, name="audit_export"),
    path("owner/gym/", owner_gym.gym, name="gym"),
    path("owner/tablets/", owner_tablets.tablets, name="tablets"),
    path("owner/tablets/lock-after/", owner_tablets.lock_after, name="lock_after"),
    path("owner/tablets/<uuid:tablet_id>/", owner_tablets.rename, name="rename_tablet"),
    path("owner/tablets/<uuid:tablet_id>/revoke/", owner_tablets.revoke, name="revoke_tablet"),
    path("owner/tablets/pins/<uuid:coach_id>/remove/", owner_tablets.remove_pin, name="remove_pin"),
    path("owner/mail/", owner_mail.letters, name="letters"),
    path("owner/mail/<uuid:letter_id>/again/", owner_mail.try_again, name="letter_again"),
    path("owner/mail/<uuid:letter_id>/dismiss/", owner_mail.dismiss, name="letter_dismiss"),
    path("owner/invitations/", owner_people.invitations, name="invitations"),
    path("owner/invitations/<uuid:invitation_id>/revoke/", owner_people.revoke, name="revoke_invitation"),
    path("owner/signing-in/", owner_people.signing_in, name="signing_in"),
    path("owner/people/new/", owner_people.add, name="add_person"),
    path("owner/schedule/new/", owner.make_slot, name="make_slot"),
    path("owner/schedule/<uuid:slot_id>/", owner.slot, name="slot"),
    path("owner/schedule/<uuid:slot_id>/end/", owner.end_slot, name="end_slot"),
]
