"""The base of an endpoint: open to everybody, knows nobody, limited by address, cacheable for a minute."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from rest_framework import exceptions, status
from rest_framework.views import APIView, set_rollback

from core.errors import DomainError
from core.limits import READING, limited
from core.problems import problem

CACHE_SECONDS = 60
WITH_BODY = ("POST",)


class Endpoint(APIView):
    """An address of the API. A look may be kept by any cache for a minute; an answer to a body by none."""

    http_method_names = ["get", "head", "post"]

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        takes_body = request.method in WITH_BODY and request.method in self.allowed_methods
        # Without this a form would count as an empty body.
        if takes_body and request.content_type.partition(";")[0].strip().lower() != "application/json":
            raise exceptions.UnsupportedMediaType(request.content_type)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code == status.HTTP_200_OK and request.method in READING:
            patch_cache_control(response, public=True, max_age=CACHE_SECONDS)
        else:
            patch_cache_control(response, no_store=True)
        return response


def endpoint(
    view: type[Endpoint], *, limit: str = "api", methods: Collection[str] = READING
) -> Callable[..., HttpResponse]:
    """The endpoint as an address has it: counted by address under a limit of `settings.RATE_LIMITS`."""
    made = limited(limit, by="address", methods=methods)(view.as_view())
    # What looks at all pages reads it: no person, so no token and nothing that is kept from caches.
    made.knows_nobody = True  # type: ignore[attr-defined]
    return made


def to_problem(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's exception handler: what was refused, as a problem document.

    None for what is a failure of ours: Django logs it, and the middleware answers 500 without details.
    """
    request: HttpRequest = context["request"]._request
    match error:
        case exceptions.ValidationError():
            # Of a query: 400; of a body that could be read: 422.
            answered = _invalid(request, error)
        case exceptions.APIException():
            answered = _refused(request, error)
        case DomainError():
            answered = problem(request, status.HTTP_409_CONFLICT, error.message)
        case Http404():
            answered = problem(request, status.HTTP_404_NOT_FOUND)
        case _:
            return None
    set_rollback()
    return answered


def _refused(request: HttpRequest, error: exceptions.APIException) -> HttpResponse:
    # DRF's own words are for its own cases; those of the house say more.
    own = (exceptions.MethodNotAllowed, exceptions.NotAcceptable, exceptions.UnsupportedMediaType)
    detail = "" if isinstance(error, own) else str(error.detail)
    return problem(request, error.status_code, detail, culprit=getattr(error, "culprit", ""))


def _invalid(request: HttpRequest, error: exceptions.ValidationError) -> HttpResponse:
    code = (
        status.HTTP_422_UNPROCESSABLE_ENTITY if request.method in WITH_BODY else status.HTTP_400_BAD_REQUEST
    )
    errors = [{"name": name, "detail": text} for name, text in _flat(error.detail)]
    first = errors[0]
    return problem(request, code, first["detail"], culprit=first["name"], errors=errors)


def _flat(detail: Any, name: str = "") -> list[tuple[str, str]]:
    """Every message with the dotted name of its input."""
    if isinstance(detail, dict):
        return [
            found
            for key, inner in detail.items()
            for found in _flat(inner, name if key == "non_field_errors" else f"{name}.{key}".strip("."))
        ]
    if isinstance(detail, list):
        return [found for inner in detail for found in _flat(inner, name)]
    return [(name, str(detail))]


class Culprit(exceptions.APIException):
    """A refusal that names the one input at fault."""

    def __init__(self, status_code: int, culprit: str, detail: str) -> None:
        self.status_code, self.culprit = status_code, culprit
        super().__init__(detail)
