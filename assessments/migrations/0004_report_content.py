from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0003_initial"),
        ("jurisdictions", "0001_initial"),
        ("stations", "0001_initial"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="assessment",
            name="plan",
        ),
        migrations.RemoveField(
            model_name="assessment",
            name="summary",
        ),
        migrations.AddField(
            model_name="assessment",
            name="accepted",
            field=models.BooleanField(blank=True, null=True, verbose_name="验收合格"),
        ),
        migrations.AddField(
            model_name="assessment",
            name="area_opinions",
            field=models.JSONField(default=dict, verbose_name="分项意见"),
        ),
        migrations.AddField(
            model_name="assessment",
            name="by_panel",
            field=models.BooleanField(default=False, verbose_name="专家组评分"),
        ),
        migrations.AddField(
            model_name="assessment",
            name="covers_year",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="考核年度"),
        ),
        migrations.AddField(
            model_name="assessment",
            name="has_limit",
            field=models.BooleanField(default=True, verbose_name="有截止日期"),
        ),
        migrations.AddField(
            model_name="assessment",
            name="narratives",
            field=models.JSONField(default=dict, verbose_name="陈述"),
        ),
        migrations.AddField(
            model_name="assessment",
            name="period_label",
            field=models.CharField(blank=True, max_length=40, verbose_name="所属期间"),
        ),
        migrations.AddField(
            model_name="assessment",
            name="pledged_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="承诺时间"),
        ),
        migrations.AddField(
            model_name="assessment",
            name="with_acceptance",
            field=models.BooleanField(default=False, verbose_name="同步验收"),
        ),
        migrations.AddField(
            model_name="evidence",
            name="material",
            field=models.SlugField(blank=True, max_length=60, verbose_name="材料"),
        ),
        migrations.AlterField(
            model_name="assessment",
            name="kind",
            field=models.CharField(
                choices=[
                    ("assessment", "评估"),
                    ("report", "年度报告"),
                    ("filing", "备案"),
                    ("acceptance", "验收"),
                ],
                max_length=20,
                verbose_name="种类",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["due", "returned"]), ("reported_at__isnull", False), _connector="OR"
                ),
                name="reported_assessment_has_time",
            ),
        ),
    ]
