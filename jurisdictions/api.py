"""The API's endpoints of this room: jurisdictions, their rules, and questions to them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response

from core import clock
from core.api.endpoints import Culprit, Endpoint
from core.api.paging import Pages
from core.errors import DomainError
from core.tenancy import active_tenants, tenant_scope
from jurisdictions import api_words as words
from jurisdictions.api_scope import JurisdictionEndpoint
from jurisdictions.engine import Profile, UnknownReading, with_readings
from jurisdictions.engine.questions import KINDS, QuestionError, ask
from jurisdictions.engine.values import parse_day
from jurisdictions.models import Jurisdiction, RuleProfile
from jurisdictions.versions import current_version, version_on

ON = OpenApiParameter("on", OpenApiTypes.DATE, description="按这一日适用的版本；不给为今日")


class Jurisdictions(Endpoint):
    """`GET jurisdictions/`."""

    pagination_class = Pages

    @extend_schema(
        operation_id="jurisdictions",
        summary="辖区一览",
        tags=["辖区和办法"],
        responses=words.JurisdictionSerializer(many=True),
    )
    def get(self, request: Any) -> Response:
        """启用的全部辖区，各自的办法和今日效力。"""
        pages = Pages()
        shown = pages.paginate_queryset(active_tenants(), request, self)
        found = words.JurisdictionSerializer([self._one(place) for place in shown], many=True).data
        return pages.get_paginated_response(found)

    @staticmethod
    def _one(place: Jurisdiction) -> dict[str, Any]:
        with tenant_scope(place):
            try:
                version = current_version()
            except DomainError:
                version = None
            return words.jurisdiction_words(place, version, clock.today())


class Rules(JurisdictionEndpoint):
    """`GET jurisdictions/<slug>/rules/`."""

    @extend_schema(
        operation_id="rules",
        summary="办法（规则数据）",
        tags=["辖区和办法"],
        parameters=[ON, OpenApiParameter("version", OpenApiTypes.STR, description="指定版本，见版本一览")],
        responses=words.RulesSerializer,
    )
    def get(self, request: Any, slug: str) -> Response:
        """今日、所问日期或者指定版本的办法，逐条注明条款。"""
        day = _day(request.query_params.get("on"))
        version = _version(day, request.query_params.get("version"))
        rules = version.rules
        answer = {
            "jurisdiction": slug,
            "title": rules.title,
            "version": version.version,
            "digest": version.digest,
            "validity": words.validity_words(rules, day),
            "profile": words.profile_words(version.text),
        }
        return Response(words.RulesSerializer(answer).data)


class Versions(JurisdictionEndpoint):
    """`GET jurisdictions/<slug>/rules/versions/`."""

    @extend_schema(
        operation_id="rule_versions",
        summary="办法的版本一览",
        tags=["辖区和办法"],
        responses=words.VersionListSerializer,
    )
    def get(self, request: Any, slug: str) -> Response:
        """全部版本，新的在前。"""
        current = _version(clock.today())
        versions = [
            {
                "version": one.version,
                "effective_date": one.active_from.isoformat(),
                "digest": one.digest,
                "current": one.pk == current.pk,
            }
            for one in RuleProfile.objects.active().order_by("-version")
        ]
        answer = {"jurisdiction": slug, "versions": versions}
        return Response(words.VersionListSerializer(answer).data)


class Questions(JurisdictionEndpoint):
    """`GET jurisdictions/<slug>/questions/`."""

    @extend_schema(
        operation_id="questions",
        summary="可以问的问题",
        tags=["向办法提问"],
        parameters=[ON],
        responses=words.QuestionListSerializer,
    )
    def get(self, request: Any, slug: str) -> Response:
        """各种问题，和每种问题在本办法下认得的事实；可选的理解口径。"""
        version = _version(_day(request.query_params.get("on")))
        rules = version.rules
        kinds = [
            {
                "kind": name,
                "url": reverse("api:question", kwargs={"slug": slug, "kind": name}),
                "facts": words.fact_words(rules, KINDS[name].facts(rules)),
            }
            for name in sorted(KINDS)
        ]
        answer = {
            "jurisdiction": slug,
            "version": version.version,
            "kinds": kinds,
            "readings": words.reading_words(rules),
        }
        return Response(words.QuestionListSerializer(answer).data)


class AskQuestion(JurisdictionEndpoint):
    """`POST jurisdictions/<slug>/questions/<kind>/`."""

    @extend_schema(
        operation_id="ask",
        summary="提问",
        tags=["向办法提问"],
        parameters=[OpenApiParameter("kind", str, OpenApiParameter.PATH, description="问题种类，见问题清单")],
        request=words.QuestionSerializer,
        responses={(200, "application/json"): words.FREE},
        examples=[
            OpenApiExample("是否符合申报条件", value={"given": {}, "on": "2024-06-05"}, request_only=True),
            OpenApiExample(
                "答复",
                value={"eligible": None, "clauses": ["QS-4.1"], "explanation": ["……"], "readings": {}},
                response_only=True,
                status_codes=["200"],
            ),
        ],
    )
    def post(self, request: Any, slug: str, kind: str) -> Response:
        """按给出的事实作答，逐条注明条款；所问的内容不留存。

        不给 on 的，按今日适用的版本作答，但不以今日代替未给的日期：缺少日期的，在 missing 中列明。
        各种问题的答复各有其项，另有 clauses（条款）、explanation（说明）、readings（采用的口径）。
        适用的版本见答复的 Link 头（rel="describedby"）。
        """
        if kind not in KINDS:
            raise Culprit(404, kind, f"没有这种问题，可选：{'、'.join(sorted(KINDS))}")
        if not isinstance(request.data, dict):
            raise ValidationError("正文应为 JSON 对象。")
        question = words.QuestionSerializer(data=request.data)
        question.is_valid(raise_exception=True)
        asked = question.validated_data
        # As `manage.py ask`: today chooses the version, and is not put into the question.
        day = asked.get("on")
        version = _version(day or clock.today())
        answer = _answer(version.rules, kind, asked["given"], day, asked.get("readings"))
        rules = reverse("api:rules", kwargs={"slug": slug})
        return Response(answer, headers={"Link": f'<{rules}?version={version.version}>; rel="describedby"'})


def _answer(
    rules: Profile, kind: str, given: Mapping[str, Any], day: date | None, readings: Mapping[str, str] | None
) -> dict[str, Any]:
    """What the regulation answers; a question that cannot be put is 422 and names its culprit."""
    rules = _for_once(rules) if readings else rules
    try:
        with_readings(rules, readings)
    except UnknownReading as error:
        raise Culprit(422, "readings", str(error)) from None
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        # Each option makes a sound profile; that two of them do together, nobody has promised.
        raise Culprit(422, "readings", "这些口径不能同时采用。") from None
    try:
        return ask(rules, kind, given, on=day, readings=readings)
    except QuestionError as error:
        raise Culprit(422, error.culprit, str(error)) from None


def _for_once(rules: Profile) -> Profile:
    """The same profile with a memory of its own.

    The engine keeps a profile for every choice of readings that was ever asked for; of a text with twenty
    unclear places there are millions, and here anybody chooses.
    """
    alone = rules.model_copy()
    alone._variants = OrderedDict()
    return alone


def _day(text: str | None) -> date:
    if not text:
        return clock.today()
    try:
        return parse_day(text)
    except ValueError:
        raise ValidationError({"on": "应为日期，如 2025-03-10"}) from None


def _version(day: date, name: str | None = None) -> RuleProfile:
    """The version that applies on a day, or the one of that name."""
    if name:
        found = RuleProfile.objects.active().filter(version=name).first()
        if found is None:
            raise Culprit(404, "version", "没有这个版本。")
        return found
    try:
        return version_on(day)
    except DomainError as error:
        raise NotFound(error.message) from None
