"""The reserved tenant `platform`, for what belongs to no jurisdiction. Made where it is not there yet."""

from typing import Any

from django.db import migrations


def reserve(apps: Any, schema_editor: Any) -> None:
    apps.get_model("jurisdictions", "Jurisdiction").objects.get_or_create(
        slug="platform",
        defaults={"name": "平台", "short_name": "平台", "division_code": "000000", "is_active": False},
    )


class Migration(migrations.Migration):
    dependencies = [("jurisdictions", "0004_posts_that_exclude_each_other")]
    operations = [migrations.RunPython(reserve, migrations.RunPython.noop)]
