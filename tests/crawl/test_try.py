import time
from tests.crawl.building import build, SLUGS
from django.apps import apps
from core.tenancy import TenantModel
from collections import Counter
def test_it(db):
    for slug in SLUGS:
        s=time.time(); p=build(slug); print(slug, time.time()-s)
        with p.in_scope():
            for m in apps.get_models():
                if issubclass(m, TenantModel):
                    n=m.objects.count()
                    st=dict(Counter(m.objects.values_list("state",flat=True))) if any(f.name=="state" for f in m._meta.concrete_fields) else ""
                    if not n or st: print(" ",m._meta.label,n,st)
        print(sorted(p.people))
