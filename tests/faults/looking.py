"""Run in the site's shell: prints what stands in the sheets named in SHEETS."""

import json
import os

from core.tenancy import tenant_scope
from jurisdictions.models import Jurisdiction
from panels.models import ScoreSheet

with tenant_scope(Jurisdiction.objects.get(slug="qinshui")):
    found = ScoreSheet.objects.filter(pk__in=json.loads(os.environ["SHEETS"]))
    print(json.dumps({one.pk: {"version": one.revision, "text": one.comment} for one in found}))
