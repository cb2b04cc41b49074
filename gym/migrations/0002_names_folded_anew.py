"""Names are compared without strokes, apostrophes and hyphens as well: what typing finds is worked out anew."""

from typing import Any

from django.db import migrations

from gym.models import fold


def fold_names(apps: Any, schema_editor: Any) -> None:
    people = apps.get_model("gym", "Membership").objects
    for key, name, nickname, before in people.values_list("pk", "name", "nickname", "search_name").iterator():
        after = fold(f"{name} {nickname}")[:200]
        if after != before:
            people.filter(pk=key).update(search_name=after)


class Migration(migrations.Migration):
    dependencies = [("gym", "0001_initial")]
    operations = [migrations.RunPython(fold_names, migrations.RunPython.noop, elidable=True)]
