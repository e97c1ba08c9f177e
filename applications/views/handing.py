"""A file of an application, for those who judge it."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from applications.models import Application
from applications.permissions import can_take_originals
from documents.handing import Reader, hand_out
from documents.models import Attachment


def hand_out_file(
    request: HttpRequest, application: Application, file: int, layout: str, back: str
) -> HttpResponseBase:
    """One file of an application that the view has found to be this person's to judge."""
    files = Attachment.objects.filter(material_file__material__application=application)
    reader = Reader(
        purpose=f"{application.round.title}审核",
        layout=layout,
        back=back,
        originals=can_take_originals(request.user, application),
    )
    return hand_out(request, get_object_or_404(files, pk=file), reader)
