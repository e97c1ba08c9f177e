"""The API's endpoints of this room: the notices that the public reads, as its pages show them.

Neither who objected nor how anybody is reached.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core import clock
from core.api.paging import Pages
from core.web import tenant_url
from documents.api_words import PaperSerializer, paper_words
from jurisdictions.api_scope import JurisdictionEndpoint
from notices import publication, wording
from notices.enums import PUBLIC
from notices.models import PublicNotice

PUBLIC_STATES = [(one.value, one.label) for one in PUBLIC]


class NoticeSerializer(serializers.Serializer):
    """A notice as the list shows it."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    state = serializers.ChoiceField(PUBLIC_STATES)
    state_label = serializers.CharField()
    published_on = serializers.DateField()
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    provisional = serializers.BooleanField(help_text="末日暂定")
    lines = serializers.IntegerField(help_text="家数")
    page = serializers.CharField(help_text="公众页面，异议在此提出")


class EntrySerializer(serializers.Serializer):
    """One line of the list."""

    position = serializers.IntegerField()
    station_name = serializers.CharField()
    unit_name = serializers.CharField()


class NoticeDetailSerializer(NoticeSerializer):
    """One notice with its text and its list."""

    clause = serializers.CharField()
    length = serializers.CharField(help_text="公示期限")
    authority = serializers.CharField(help_text="发布部门")
    accepts_objections = serializers.BooleanField()
    supersedes = serializers.IntegerField(allow_null=True, help_text="所替代的公示")
    superseded_by = serializers.IntegerField(allow_null=True, help_text="替代它的更正公示")
    change_reason = serializers.CharField(help_text="更正原因")
    changes = serializers.ListField(child=serializers.CharField(), help_text="更正内容")
    paragraphs = serializers.ListField(child=serializers.CharField())
    list_title = serializers.CharField()
    entries = EntrySerializer(many=True)
    document = PaperSerializer(allow_null=True)


class Notices(JurisdictionEndpoint):
    """`GET jurisdictions/<slug>/notices/`."""

    pagination_class = Pages

    @extend_schema(
        operation_id="notices", summary="公示一览", tags=["公示"], responses=NoticeSerializer(many=True)
    )
    def get(self, request: Any, slug: str) -> Response:
        """公示中和期满的公示，新的在前；撤回的不在其中。"""
        notices = _shown().order_by("-published_at", "-pk")
        pages = Pages()
        shown = pages.paginate_queryset(notices, request, self)
        found = NoticeSerializer([_in_list(notice) for notice in shown], many=True).data
        return pages.get_paginated_response(found)


class Notice(JurisdictionEndpoint):
    """`GET jurisdictions/<slug>/notices/<id>/`."""

    @extend_schema(operation_id="notice", summary="一份公示", tags=["公示"], responses=NoticeDetailSerializer)
    def get(self, request: Any, slug: str, pk: int) -> Response:
        """公示的正文和名单。"""
        notice = get_object_or_404(_shown().select_related("profile", "document", "authority"), pk=pk)
        return Response(NoticeDetailSerializer(_in_full(notice)).data)


def _shown() -> Any:
    return PublicNotice.objects.shown().annotate(lines=Count("entries"))


def _in_list(notice: PublicNotice) -> dict[str, Any]:
    return {
        "id": notice.pk,
        "title": notice.title,
        "state": notice.state,
        "state_label": notice.status.label,
        "published_on": clock.local(notice.published_at).date(),
        "first_day": notice.first_day,
        "last_day": notice.last_day,
        "provisional": notice.provisional,
        "lines": notice.lines,
        "page": tenant_url("public:notice", pk=notice.pk),
    }


def _in_full(notice: PublicNotice) -> dict[str, Any]:
    successor = notice.successor
    return {
        **_in_list(notice),
        "clause": notice.clause,
        "length": wording.length_of(notice.rules),
        "authority": notice.authority.name,
        "accepts_objections": notice.accepts_objections,
        "supersedes": notice.supersedes_id,
        "superseded_by": successor.pk if successor else None,
        "change_reason": notice.change_reason,
        "changes": notice.changes,
        "paragraphs": publication.paragraphs(notice),
        "list_title": wording.list_title(notice.rules),
        "entries": list(notice.entries.values("position", "station_name", "unit_name")),
        "document": paper_words(notice.document),
    }
