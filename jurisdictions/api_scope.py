"""The API's door to a jurisdiction: its slug stands behind `/api/v1/`, so the scope is opened here."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from rest_framework.exceptions import NotFound

from core.api.endpoints import Endpoint
from core.tenancy import tenant_scope
from jurisdictions.models import Jurisdiction


class JurisdictionEndpoint(Endpoint):
    """An endpoint below `jurisdictions/<slug>/`: runs in the scope of an active jurisdiction, else 404."""

    tenant: Jurisdiction | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.tenant = Jurisdiction.objects.filter(slug=kwargs.get("slug"), is_active=True).first()
        if self.tenant is None:
            return super().dispatch(request, *args, **kwargs)
        request.jurisdiction = self.tenant
        # The answer is plain values by the time the scope closes: it is rendered without the database.
        with tenant_scope(self.tenant), transaction.atomic():
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.tenant is None:
            raise NotFound("没有这个辖区。")
