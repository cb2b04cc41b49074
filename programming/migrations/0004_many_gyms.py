"""What keeps a tap and a board as quick among many gyms and long histories as in one new gym."""

from django.db import migrations, models

# What every tap updates: where somebody stands, what was seen of them in the class, and the class's version. No index
# of these tables holds a column that a tap changes, so with room on the same page (HOT) no index is touched at all.
UPDATED_BY_TAPS = ("programming_placement", "programming_attendance", "programming_classsession")
# Per cent of a page that new rows fill.
FILLED = 85

# A member belongs to one gym. PostgreSQL takes columns for independent, and so expects one row of a member among many
# gyms where there are hundreds; it then reads a member's whole history row by row (replay, undo).
OF_A_MEMBER = (
    "programming_placement",
    "programming_attendance",
    "programming_assessment",
    "programming_stagemove",
    "programming_tap",
)


def prepare(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in UPDATED_BY_TAPS:
        schema_editor.execute(f'ALTER TABLE "{table}" SET (fillfactor = {FILLED})')
    for table in OF_A_MEMBER:
        schema_editor.execute(f'CREATE STATISTICS "{table}_of_a_member" (dependencies) ON gym_id, member_id FROM "{table}"')


def take_back(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in OF_A_MEMBER:
        schema_editor.execute(f'DROP STATISTICS "{table}_of_a_member"')
    for table in UPDATED_BY_TAPS:
        schema_editor.execute(f'ALTER TABLE "{table}" RESET (fillfactor)')


class Migration(migrations.Migration):
    dependencies = [("programming", "0003_several_people")]

    operations = [
        migrations.RemoveIndex(model_name="attendance", name="attendance_by_member"),
        # Locking a member's row in one class, and the open classes of a member, without reading all of theirs.
        migrations.AddIndex(
            model_name="attendance",
            index=models.Index(fields=["gym", "member", "session"], name="attendance_by_member"),
        ),
        migrations.RunPython(prepare, take_back),
    ]
