"""Files that people bring and papers that the bureau issues."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from core import clock
from core.tenancy import TenantModel
from documents.enums import DocumentKind, ScanState


def _storage_path(attachment: Attachment, filename: str) -> str:
    """Under a random name: what a person calls a file never becomes a path."""
    return f"{attachment.tenant_id}/{uuid.uuid4().hex}"


class Attachment(TenantModel):
    """An uploaded file. The object it is attached to decides who may see it."""

    file = models.FileField(upload_to=_storage_path)
    original_name = models.CharField("文件名", max_length=255)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("大小")
    sha256 = models.CharField(max_length=64)
    scan_state = models.CharField(max_length=20, choices=ScanState.choices, default=ScanState.NOT_SCANNED)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间", default=clock.now)

    class Meta:
        ordering = ["id"]
        verbose_name = "附件"

    def __str__(self) -> str:
        return self.original_name

    @property
    def status(self) -> ScanState:
        return ScanState(self.scan_state)


def _verification_code() -> str:
    return secrets.token_hex(8)


class OfficialDocument(TenantModel):
    """A paper that the bureau issued: rendered once, numbered, publicly verifiable."""

    kind = models.CharField("文种", max_length=20, choices=DocumentKind.choices)
    number = models.CharField("文号", max_length=60, blank=True)
    title = models.CharField("标题", max_length=200)
    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    issuers = models.CharField("发文单位", max_length=300, blank=True)
    issued_on = models.DateField("成文日期")
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    # The page as it was decided; the PDF is rendered from it after commit.
    html = models.TextField()
    pdf = models.FileField(upload_to="papers/%Y/", blank=True)
    sha256 = models.CharField("校验值", max_length=64)
    verification_code = models.CharField(max_length=16, default=_verification_code)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "number"], condition=~models.Q(number=""), name="document_number_once"
            ),
            models.UniqueConstraint(fields=["tenant", "verification_code"], name="document_code_once"),
        ]
        indexes = [models.Index(fields=["tenant", "subject_type", "subject_id"])]
        ordering = ["id"]
        verbose_name = "公文"

    def __str__(self) -> str:
        return self.title
