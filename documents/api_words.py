"""An official paper as the API shows it: what its line on a public page says."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from core.web import tenant_url
from documents.models import OfficialDocument


class PaperSerializer(serializers.Serializer):
    """An issued paper."""

    title = serializers.CharField()
    number = serializers.CharField(help_text="文号，没有的为空")
    issued_on = serializers.DateField(help_text="成文日期")
    verification_code = serializers.CharField()
    file = serializers.CharField(help_text="PDF 的地址")
    verification = serializers.CharField(help_text="核验页面的地址")


def paper_words(document: OfficialDocument | None) -> dict[str, Any] | None:
    """One paper; None where there is none."""
    if document is None:
        return None
    code = document.verification_code
    return {
        "title": document.title,
        "number": document.number,
        "issued_on": document.issued_on,
        "verification_code": code,
        "file": tenant_url("public:paper", code=code),
        "verification": reverse("verify", kwargs={"code": code}),
    }
