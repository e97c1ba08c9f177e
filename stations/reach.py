"""Which unit a person speaks for on the pages of an applicant unit."""

from django.http import Http404, HttpRequest

from stations import permissions
from stations.models import ApplicantUnit


def units_of(user: object) -> list[ApplicantUnit]:
    """The units for which a person may fill in, oldest first."""
    return list(permissions.units_of(user).select_related("home_authority").order_by("pk"))


def unit_of(request: HttpRequest) -> ApplicantUnit:
    """The unit of this request; `?unit=` chooses where a person acts for several, 404 where for none."""
    units = units_of(request.user)
    chosen = request.GET.get("unit", "")
    if chosen:
        units = [unit for unit in units if str(unit.pk) == chosen]
    if not units:
        raise Http404
    return units[0]
