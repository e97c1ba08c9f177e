import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The permission tables get the tenant of the object that they speak of."""

    dependencies = [("jurisdictions", "0002_grants_carry_their_tenant"), ("stations", "0001_initial")]

    operations = [
        migrations.AlterUniqueTogether(name="unitgrouppermission", unique_together=set()),
        migrations.AddField(
            model_name="unitgrouppermission",
            name="tenant",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.TENANT_MODEL,
                verbose_name="辖区",
            ),
        ),
        migrations.RunSQL(
            """
            UPDATE stations_unitgrouppermission SET tenant_id = parent.tenant_id
                FROM stations_applicantunit parent WHERE parent.id = content_object_id;
            SET CONSTRAINTS ALL IMMEDIATE;
            SET CONSTRAINTS ALL DEFERRED;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="unitgrouppermission",
            name="tenant",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.TENANT_MODEL,
                verbose_name="辖区",
            ),
        ),
        migrations.AlterUniqueTogether(
            name="unitgrouppermission",
            unique_together={("tenant", "group", "permission", "content_object")},
        ),
        migrations.AlterUniqueTogether(name="unituserpermission", unique_together=set()),
        migrations.AddField(
            model_name="unituserpermission",
            name="tenant",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.TENANT_MODEL,
                verbose_name="辖区",
            ),
        ),
        migrations.RunSQL(
            """
            UPDATE stations_unituserpermission SET tenant_id = parent.tenant_id
                FROM stations_applicantunit parent WHERE parent.id = content_object_id;
            SET CONSTRAINTS ALL IMMEDIATE;
            SET CONSTRAINTS ALL DEFERRED;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="unituserpermission",
            name="tenant",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.TENANT_MODEL,
                verbose_name="辖区",
            ),
        ),
        migrations.AlterUniqueTogether(
            name="unituserpermission",
            unique_together={("tenant", "user", "permission", "content_object")},
        ),
    ]
