"""The tenant that is none: it takes what belongs to no jurisdiction, and is never active."""

from jurisdictions.models import Jurisdiction

SLUG = "platform"


def platform_tenant() -> Jurisdiction:
    """The reserved tenant; a migration makes it, and so does whoever misses it."""
    found, _ = Jurisdiction.objects.get_or_create(
        slug=SLUG,
        defaults={"name": "平台", "short_name": "平台", "division_code": "000000", "is_active": False},
    )
    return found
