"""The API's endpoints of this room: the directory of stations, as its public pages show it.

No telephone, no number of a person, no member but the leader.
"""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from core import clock
from core.api.paging import Pages
from core.web import tenant_url
from documents.api_words import PaperSerializer, paper_words
from jurisdictions.api_scope import JurisdictionEndpoint
from stations.directory import DirectoryFilter
from stations.enums import StationState
from stations.models import Station

FILTERS = [
    OpenApiParameter("q", str, description="名称、单位或编号中的文字"),
    OpenApiParameter("district", OpenApiTypes.INT, description="属地或主管单位的 id"),
    OpenApiParameter("trade", str, description="职业（工种）中的文字"),
    OpenApiParameter("year", OpenApiTypes.INT, description="认定年度"),
    OpenApiParameter("state", str, enum=StationState.values, description="状态"),
]


class DistrictSerializer(serializers.Serializer):
    """The office at the station's place; its id is what `district` filters by."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    short_name = serializers.CharField()


class StationSerializer(serializers.Serializer):
    """A station as the directory lists it."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField(help_text="所在单位")
    trade = serializers.CharField()
    local_authority = DistrictSerializer()
    designated_on = serializers.DateField()
    state = serializers.ChoiceField(StationState.choices)
    state_label = serializers.CharField()
    page = serializers.CharField(help_text="公众页面")


class StationDetailSerializer(StationSerializer):
    """One station as its public page shows it."""

    plaque_title = serializers.CharField(help_text="牌匾")
    leader_name = serializers.CharField()
    authority = serializers.CharField(help_text="主管部门")
    rules = serializers.CharField(help_text="认定依据的文件")
    rules_version = serializers.DateField()
    clause = serializers.CharField(help_text="认定依据的条款")
    ended_on = serializers.DateField(allow_null=True, help_text="撤销或者注销的日期")
    document = PaperSerializer()


class Stations(JurisdictionEndpoint):
    """`GET jurisdictions/<slug>/stations/`."""

    pagination_class = Pages

    @extend_schema(
        operation_id="stations",
        summary="站点名录",
        tags=["站点"],
        parameters=FILTERS,
        responses=StationSerializer(many=True),
    )
    def get(self, request: Any, slug: str) -> Response:
        """经认定的全部站点，已撤销、注销的同样列出。筛选条件有误的，返回 400。"""
        filters = DirectoryFilter(request.query_params)
        # A page shows what it did not understand; a program would take everything for what it asked for.
        if not filters.is_valid():
            raise ValidationError(filters.errors)
        found = filters.narrow(Station.objects.select_related("unit", "local_authority"))
        pages = Pages()
        shown = pages.paginate_queryset(found, request, self)
        rows = StationSerializer([_in_list(station) for station in shown], many=True).data
        return pages.get_paginated_response(rows)


class OneStation(JurisdictionEndpoint):
    """`GET jurisdictions/<slug>/stations/<id>/`."""

    @extend_schema(
        operation_id="station", summary="一个站点", tags=["站点"], responses=StationDetailSerializer
    )
    def get(self, request: Any, slug: str, pk: int) -> Response:
        """站点的基本情况和认定文件。"""
        related = ("unit", "authority", "local_authority", "profile", "document")
        station = get_object_or_404(Station.objects.select_related(*related), pk=pk)
        return Response(StationDetailSerializer(_in_full(station)).data)


def _in_list(station: Station) -> dict[str, Any]:
    place = station.local_authority
    return {
        "id": station.pk,
        "number": station.number,
        "name": station.name,
        "unit": station.unit.name,
        "trade": station.trade,
        "local_authority": {"id": place.pk, "name": place.name, "short_name": place.short_name},
        "designated_on": station.designated_on,
        "state": station.state,
        "state_label": station.status.label,
        "page": tenant_url("public:station", pk=station.pk),
    }


def _in_full(station: Station) -> dict[str, Any]:
    rules = station.profile.rules
    return {
        **_in_list(station),
        "plaque_title": station.plaque_title,
        "leader_name": station.leader_name,
        "authority": station.authority.name,
        "rules": rules.document.title,
        "rules_version": station.profile.version,
        "clause": rules.designation.clause,
        "ended_on": clock.local(station.ended_at).date() if station.ended_at else None,
        "document": paper_words(station.document),
    }
