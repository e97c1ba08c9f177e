"""Who may read an issued paper: everybody those meant for the public, else whoever sees its subject."""

from typing import Any

from documents.enums import DocumentKind

FOR_THE_PUBLIC = (DocumentKind.NOTICE, DocumentKind.DESIGNATION)


def is_public(document: Any) -> bool:
    """Whether anybody may read it; a notice that was withdrawn is public no longer."""
    return document.kind in FOR_THE_PUBLIC and bool(getattr(document.subject, "is_public", True))


def can_read(user: Any, document: Any) -> bool:
    """Whether this person may read it: the object that it is about decides."""
    if is_public(document):
        return True
    subjects = document.subject_type.model_class()._default_manager
    return user.is_authenticated and subjects.visible_to(user).filter(pk=document.subject_id).exists()
