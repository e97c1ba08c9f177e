"""The door of a staff page: who holds none of its rights in this jurisdiction finds nothing there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from jurisdictions.enums import Right
from jurisdictions.models import Authority
from jurisdictions.permissions import ids_where

View = Callable[..., HttpResponse]


def requires(*rights: Right) -> Callable[[View], View]:
    """Lets through who holds any of the rights on any authority here; sets `request.authorities`.

    The page still asks for the right on the object at hand; this keeps everyone else out, with 404.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            held = ids_where(request.user, *rights)
            request.authorities = [one for one in Authority.here().values() if one.pk in held]
            if not request.authorities:
                raise Http404
            return view(request, *args, **kwargs)

        return inner

    return decorate
