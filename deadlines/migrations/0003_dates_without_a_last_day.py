from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deadlines", "0002_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="deadline",
            name="firm",
            field=models.BooleanField(default=True, verbose_name="有截止日期"),
        ),
    ]
