"""The first part of the address names the tenant; its scope is open while the request lasts."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse

from core.limits import READING
from core.tenancy import tenant_scope
from jurisdictions.models import Jurisdiction
from jurisdictions.refusals import record_refusal


class JurisdictionMiddleware:
    """Sets `request.jurisdiction` and opens the tenant's scope for addresses under its slug."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        slug = request.path_info.split("/", 2)[1]
        request.jurisdiction = Jurisdiction.objects.filter(slug=slug, is_active=True).first()
        if request.jurisdiction is None:
            return self.get_response(request)
        # One transaction for the view and the page that comes of it, an error page as well: row-level
        # security knows the tenant only inside it. A view that fails rolls back its own savepoint.
        with tenant_scope(request.jurisdiction) as scope, transaction.atomic():
            scope.only_looks = request.method in READING
            return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        """Views under a tenant's address read it from the request, not from their arguments."""
        if "jurisdiction" in kwargs:
            kwargs.pop("jurisdiction")
            if request.jurisdiction is None:
                raise Http404("没有这个辖区。")


class Refusals:
    """Logs that a request was refused, once its transaction is over; inside `core.middleware.Acting`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        record_refusal(request, response)
        return response
