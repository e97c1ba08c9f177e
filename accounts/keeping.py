"""What somebody posted and could not be taken yet: kept, sealed, in the session until they have signed in.

A session that ran out, or an act that asks for the password once more, must not cost what was typed. Nothing
is carried out by itself: afterwards the person sees a page with one button that sends the same form again.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from core.sealing import SealBroken, seal, unseal

KEY: Final = "kept"
PURPOSE: Final = "kept-form"
KEPT_SECONDS: Final = 30 * 60
MOST_CHARACTERS: Final = 200_000
NEVER_KEPT: Final = ("csrfmiddlewaretoken", "code")


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form that was posted: where to, from which page, and what it said (files are not kept).

    `act` is what it does, in words, where the page that was asked for says so.
    """

    action: str
    page: str
    act: str
    fields: tuple[tuple[str, str], ...]
    had_files: bool


def keep(request: HttpRequest, session: SessionBase, *, user_id: int, page: str, act: str = "") -> bool:
    """Keeps the posted form for this person; False when it is too long, or in no form's encoding."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in NEVER_KEPT and "password" not in name
    ]
    if request.content_type not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return False
    if sum(len(name) + len(value) for name, value in fields) > MOST_CHARACTERS:
        return False
    content = {
        "user": user_id,
        "at": time.time(),
        "action": request.get_full_path(),
        "page": page,
        "act": act,
        "fields": fields,
        "files": bool(request.FILES),
    }
    session[KEY] = seal(json.dumps(content, ensure_ascii=False), purpose=PURPOSE)
    return True


def kept(session: SessionBase, user: Any) -> KeptForm | None:
    """What was kept for this person, unless it is old or another's."""
    try:
        content = json.loads(unseal(session.get(KEY, ""), purpose=PURPOSE))
    except (SealBroken, ValueError):
        return None
    if content["user"] != user.pk or time.time() - content["at"] > KEPT_SECONDS:
        return None
    fields = tuple((name, value) for name, value in content["fields"])
    return KeptForm(content["action"], content["page"], content.get("act", ""), fields, content["files"])


def sent(request: HttpRequest) -> None:
    """Throws away what was kept once its form is on its way: nobody is told then that it still waits."""
    if KEY in request.session:
        form = kept(request.session, request.user)
        if form is not None and form.action == request.get_full_path():
            forget(request.session)


def forget(session: SessionBase) -> None:
    """Throws away what was kept."""
    session.pop(KEY, None)
