from django.db import migrations, models
from django.db.models import Q


def forget_places(apps, schema_editor):
    """Questions were known by their place; they are known by what they say."""
    lessons = apps.get_model("catalog", "Lesson").objects
    for pk, content in lessons.filter(kind="quiz").values_list("pk", "content").iterator():
        for question in content.get("questions", []):
            question.pop("key", None)
        lessons.filter(pk=pk).update(content=content)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_squashed_0003_uploads_and_withdrawal")]

    operations = [
        migrations.RemoveConstraint("lesson", "a_lesson_key_once_in_a_course"),
        migrations.AddConstraint(
            "lesson",
            models.UniqueConstraint(
                fields=["course", "key"],
                condition=Q(withdrawn_at__isnull=True),
                name="a_lesson_key_once_in_a_course",
            ),
        ),
        migrations.AddConstraint(
            "lesson",
            models.UniqueConstraint(fields=["course", "key", "kind"], name="a_lesson_once_of_a_kind"),
        ),
        migrations.RunPython(forget_places, migrations.RunPython.noop),
    ]
