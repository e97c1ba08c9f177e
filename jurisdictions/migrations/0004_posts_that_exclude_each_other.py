"""Two pairs of posts that one person never holds together.

A person may hold the same role at several authorities, so a unique index cannot say it. Ranges can: each
side of a pair is a range, and two ranges that touch exclude each other, while a range never touches itself.
"""

from django.db import migrations

OPEN = "state IN ('pending', 'live')"

MAKER_OR_CHECKER = f"""
ALTER TABLE jurisdictions_membership ADD CONSTRAINT maker_or_checker EXCLUDE USING gist (
    int8range(tenant_id, tenant_id, '[]') WITH &&,
    int8range(user_id, user_id, '[]') WITH &&,
    (CASE role WHEN 'finance_maker' THEN int4range(0, 1) ELSE int4range(1, 2) END) WITH -|-
) WHERE (role IN ('finance_maker', 'finance_checker') AND {OPEN})
"""
# Without the tenant: whoever runs the platform works in no jurisdiction at all.
OPERATOR_OR_STAFF = f"""
ALTER TABLE jurisdictions_membership ADD CONSTRAINT operator_or_staff EXCLUDE USING gist (
    int8range(user_id, user_id, '[]') WITH &&,
    (CASE role WHEN 'platform_operator' THEN int4range(0, 1) ELSE int4range(1, 2) END) WITH -|-
) WHERE ({OPEN})
"""
DROP = "ALTER TABLE jurisdictions_membership DROP CONSTRAINT {name}"


class Migration(migrations.Migration):
    dependencies = [("jurisdictions", "0003_confirmed_posts")]
    operations = [
        migrations.RunSQL(MAKER_OR_CHECKER, DROP.format(name="maker_or_checker")),
        migrations.RunSQL(OPERATOR_OR_STAFF, DROP.format(name="operator_or_staff")),
    ]
