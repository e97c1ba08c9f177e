from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0004_draft_without_number'),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='checks',
            field=models.JSONField(default=dict, verbose_name='核验'),
        ),
    ]
