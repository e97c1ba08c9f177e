from django.db import migrations


def make(apps, schema_editor):
    apps.get_model("jurisdictions", "Jurisdiction").objects.get_or_create(
        slug="platform",
        defaults={"name": "平台", "short_name": "平台", "division_code": "000000", "is_active": False},
    )


class Migration(migrations.Migration):
    dependencies = [("jurisdictions", "0002_grants_carry_their_tenant")]

    # What was logged in it keeps it: going back leaves it where it is.
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
