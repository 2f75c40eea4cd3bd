from django.db import migrations, models

import matricula.web.ids


def name_them(apps, schema_editor):
    groups = apps.get_model("programs", "Group").objects
    for pk in groups.values_list("pk", flat=True).iterator():
        groups.filter(pk=pk).update(public_id=matricula.web.ids.new_public_id())


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0005_lists_of_a_million"),
    ]

    operations = [
        migrations.AddField(
            model_name="group",
            name="public_id",
            field=models.CharField(editable=False, max_length=22, null=True),
        ),
        migrations.RunPython(name_them, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="group",
            name="public_id",
            field=models.CharField(
                default=matricula.web.ids.new_public_id, editable=False, max_length=22, unique=True
            ),
        ),
    ]
