"""On PostgreSQL, a reference from one gym's row to another gym's cannot be stored."""

from django.db import migrations


def references(apps):
    """(table, column, target table) of every foreign key from one gym's row to another."""
    for model in apps.get_models():
        names = {field.name for field in model._meta.concrete_fields}
        if "gym" not in names:
            continue
        for field in model._meta.concrete_fields:
            target = field.remote_field.model if field.is_relation else None
            if target is not None and "gym" in {each.name for each in target._meta.concrete_fields}:
                yield model._meta.db_table, field.column, target._meta.db_table


def add(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, column, target in references(apps):
        schema_editor.execute(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}_same_gym" '
            f'FOREIGN KEY (gym_id, "{column}") REFERENCES "{target}" (gym_id, id) DEFERRABLE INITIALLY DEFERRED'
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, column, _target in references(apps):
        schema_editor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_{column}_same_gym"')


class Migration(migrations.Migration):
    dependencies = [("programming", "0001_initial"), ("gym", "0001_initial")]

    operations = [migrations.RunPython(add, remove)]
