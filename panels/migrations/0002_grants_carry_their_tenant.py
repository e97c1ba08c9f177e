import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The permission tables get the tenant of the object that they speak of."""

    dependencies = [("jurisdictions", "0002_grants_carry_their_tenant"), ("panels", "0001_initial")]

    operations = [
        migrations.AlterUniqueTogether(name="panelgrouppermission", unique_together=set()),
        migrations.AddField(
            model_name="panelgrouppermission",
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
            UPDATE panels_panelgrouppermission SET tenant_id = parent.tenant_id
                FROM panels_panel parent WHERE parent.id = content_object_id;
            SET CONSTRAINTS ALL IMMEDIATE;
            SET CONSTRAINTS ALL DEFERRED;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="panelgrouppermission",
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
            name="panelgrouppermission",
            unique_together={("tenant", "group", "permission", "content_object")},
        ),
        migrations.AlterUniqueTogether(name="paneluserpermission", unique_together=set()),
        migrations.AddField(
            model_name="paneluserpermission",
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
            UPDATE panels_paneluserpermission SET tenant_id = parent.tenant_id
                FROM panels_panel parent WHERE parent.id = content_object_id;
            SET CONSTRAINTS ALL IMMEDIATE;
            SET CONSTRAINTS ALL DEFERRED;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="paneluserpermission",
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
            name="paneluserpermission",
            unique_together={("tenant", "user", "permission", "content_object")},
        ),
    ]
