"""Sessions from before somebody's sessions were listed are written down, so that they are listed and ended as well."""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations
from django.utils import timezone

# No address is known of them: the list shows none for this one.
UNKNOWN = "::"


def write_down(apps, schema_editor):
    """One row for each session that lasts, is somebody's, and has none. It began no later than it was last stored."""
    UserSession = apps.get_model("usersessions", "UserSession")
    known = set(UserSession.objects.values_list("session_key", flat=True))
    people = {str(pk) for pk in apps.get_model("gym", "User").objects.values_list("pk", flat=True)}
    now = timezone.now()
    lasting = apps.get_model("sessions", "Session").objects.filter(expire_date__gt=now)
    found = []
    for session in lasting.iterator():
        data = SessionStore().decode(session.session_data)
        user, lasts = data.get("_auth_user_id"), data.get("_session_expiry")
        if user in people and session.session_key not in known:
            seconds = lasts if isinstance(lasts, int) else settings.SESSION_COOKIE_AGE
            stored = min(session.expire_date - timedelta(seconds=seconds), now)
            times = {"created_at": stored, "last_seen_at": stored}
            found.append(UserSession(user_id=user, session_key=session.session_key, ip=UNKNOWN, user_agent="", **times))
    UserSession.objects.bulk_create(found, batch_size=200)


class Migration(migrations.Migration):

    dependencies = [
        ("gym", "0008_letters_that_cannot_be"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(write_down, migrations.RunPython.noop),
    ]
