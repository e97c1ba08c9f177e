"""Files that people bring and papers that the bureau issues."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.safestring import SafeString

from core import clock
from core.masking import holds_number
from core.tenancy import TenantModel
from documents import transitions
from documents.enums import DocumentKind, ScanState
from documents.qr import qr_of
from documents.storage import WholeFileStorage


def _storage_path(attachment: Attachment, filename: str) -> str:
    """Under a random name: what a person calls a file never becomes a path."""
    return f"{attachment.tenant_id}/{uuid.uuid4().hex}"


class Attachment(TenantModel):
    """An uploaded file. The object it is attached to decides who may see it."""

    workflow = transitions.SCAN

    file = models.FileField(upload_to=_storage_path, storage=WholeFileStorage())
    original_name = models.CharField("文件名", max_length=255)
    content_type = models.CharField("类型", max_length=100)
    # Of the content as it is handed out: a picture is made anew, a personal file lies sealed.
    size = models.PositiveBigIntegerField("大小")
    sha256 = models.CharField(max_length=64)
    # Of what was sent, where that is something else.
    received_sha256 = models.CharField(max_length=64, blank=True)
    # Shows a person's papers: sealed on the disk, watermarked when looked at, every look logged.
    personal = models.BooleanField("含个人信息", default=False)
    # Whose room it takes (`documents.quotas`); empty for what an authority brings.
    holder_type = models.CharField("占用者类型", max_length=100, blank=True)
    holder_id = models.BigIntegerField("占用者编号", null=True)
    scan_state = models.CharField(
        "查毒", max_length=20, choices=ScanState.choices, default=ScanState.NOT_SCANNED
    )
    # What was found, or why nothing could be said.
    scan_note = models.CharField("查毒说明", max_length=200, blank=True)
    scanned_at = models.DateTimeField("查毒时间", null=True)
    # Nobody: brought by the public, with an objection.
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    uploaded_at = models.DateTimeField("上传时间", default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(scan_state=ScanState.PENDING, scanned_at__isnull=True, scan_note="")
                    | models.Q(scan_state=ScanState.CLEAN, scanned_at__isnull=False, scan_note="")
                    | (
                        models.Q(scan_state=ScanState.INFECTED, scanned_at__isnull=False)
                        & ~models.Q(scan_note="")
                    )
                    # Nobody looked, or the scanner said why it could not.
                    | models.Q(scan_state=ScanState.NOT_SCANNED, scanned_at__isnull=True, scan_note="")
                    | (
                        models.Q(scan_state=ScanState.NOT_SCANNED, scanned_at__isnull=False)
                        & ~models.Q(scan_note="")
                    )
                ),
                name="attachment_scan_agrees_with_state",
            ),
            models.CheckConstraint(
                condition=models.Q(holder_type="") ^ models.Q(holder_id__isnull=False),
                name="attachment_holder_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "holder_type", "holder_id"]),
            # Which other file has the same content.
            models.Index(fields=["tenant", "sha256"]),
            models.Index(
                fields=["id"], condition=models.Q(scan_state=ScanState.PENDING), name="attachment_pending"
            ),
        ]
        ordering = ["id"]
        verbose_name = "附件"

    def __str__(self) -> str:
        return self.original_name

    @property
    def status(self) -> ScanState:
        return ScanState(self.scan_state)


def _verification_code() -> str:
    """16 hexadecimal digits that nobody takes for a person's number: such addresses are refused."""
    while holds_number(code := secrets.token_hex(8)):
        pass
    return code


class PartialUpload(TenantModel):
    """A file that arrives in parts: what was received so far lies sealed in quarantine (`documents.parts`).

    `place` says in the words of the room whose it is where the file goes; only who began it goes on.
    Finished, it stays for a day, so that whoever did not hear the last answer can ask for it again.
    """

    token = models.CharField(max_length=16, default=_verification_code)
    place = models.CharField(max_length=200)
    name = models.CharField("文件名", max_length=255)
    size = models.PositiveBigIntegerField("大小")
    received = models.PositiveBigIntegerField("已收到", default=0)
    holder_type = models.CharField("占用者类型", max_length=100)
    holder_id = models.BigIntegerField("占用者编号")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    touched_at = models.DateTimeField("最近收到", default=clock.now)
    finished_at = models.DateTimeField("传完时间", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True) | models.Q(received=models.F("size")),
                name="finished_upload_is_whole",
            ),
            models.UniqueConstraint(fields=["tenant", "token"], name="partial_upload_token_once"),
            models.CheckConstraint(
                condition=models.Q(received__lte=models.F("size")), name="partial_upload_within_its_size"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "holder_type", "holder_id"])]
        ordering = ["id"]
        verbose_name = "未传完的文件"

    def __str__(self) -> str:
        return self.name


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

    @property
    def qr(self) -> SafeString:
        """The way to its verification page as a drawing; empty where the site's own address is not known."""
        return qr_of(self.verification_code)
