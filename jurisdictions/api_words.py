"""How the endpoints say things: the shapes of their answers, which are also their description."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jurisdictions.case_words import fact_words as words_of_fact
from jurisdictions.engine import Profile, accepted_profile
from jurisdictions.engine.questions.asking import plain
from jurisdictions.engine.values import parse_day
from jurisdictions.models import Jurisdiction, RuleProfile
from jurisdictions.validity import ValidityState, validity_of

FREE = {"type": "object", "additionalProperties": True}


class ValiditySerializer(serializers.Serializer):
    """Whether the text is in force on a day."""

    on = serializers.DateField(help_text="所问的日期")
    status = serializers.ChoiceField(ValidityState.choices)
    label = serializers.CharField()
    in_force = serializers.BooleanField(allow_null=True, help_text="null：文本不能确定")
    start = serializers.DateField(allow_null=True, help_text="施行日期；null：文件未载明")
    end = serializers.DateField(allow_null=True, help_text="有效期至；null：文件未规定")
    clause = serializers.CharField()
    explanation = serializers.CharField()


class JurisdictionRulesSerializer(serializers.Serializer):
    """The text in force, in short."""

    title = serializers.CharField()
    version = serializers.DateField()
    level = serializers.ChoiceField(["county", "district", "city"])
    validity = ValiditySerializer()


class JurisdictionSerializer(serializers.Serializer):
    """One active jurisdiction."""

    slug = serializers.SlugField()
    name = serializers.CharField()
    short_name = serializers.CharField()
    division_code = serializers.CharField(help_text="GB/T 2260 行政区划代码")
    rules = JurisdictionRulesSerializer(allow_null=True, help_text="null：尚未载入办法")
    page = serializers.CharField(help_text="公众页面")


class VersionSerializer(serializers.Serializer):
    """One version of a regulation as data."""

    version = serializers.DateField(help_text="版本代号，即生效日期")
    effective_date = serializers.DateField()
    digest = serializers.CharField(help_text="规则文本的 SHA-256")
    current = serializers.BooleanField(help_text="是否今日适用的版本")


class VersionListSerializer(serializers.Serializer):
    """All versions, the newest first."""

    jurisdiction = serializers.SlugField()
    versions = VersionSerializer(many=True)


@extend_schema_field(FREE)
class ProfileField(serializers.JSONField):
    """The whole profile, in the language of `docs/profiles.md`."""


class RulesSerializer(serializers.Serializer):
    """A regulation as data."""

    jurisdiction = serializers.SlugField()
    title = serializers.CharField()
    version = serializers.DateField()
    digest = serializers.CharField()
    validity = ValiditySerializer()
    profile = ProfileField(help_text="全部规则，每条注明条款")


class FactSerializer(serializers.Serializer):
    """A fact that a question knows; what the form asks for comes with its type as well."""

    name = serializers.CharField()
    label = serializers.CharField(required=False)
    type = serializers.CharField(required=False)
    unit = serializers.CharField(required=False)
    choices = serializers.DictField(child=serializers.CharField(), required=False, help_text="值 → 名称")


class QuestionKindSerializer(serializers.Serializer):
    """A kind of question, and what may be given with it."""

    kind = serializers.CharField()
    url = serializers.CharField()
    facts = FactSerializer(many=True)


class ReadingSerializer(serializers.Serializer):
    """An unclear place of the text, the ways to read it, the one that is taken unless another is named."""

    id = serializers.CharField()
    question = serializers.CharField()
    chosen = serializers.CharField()
    options = serializers.DictField(child=serializers.CharField(), help_text="值 → 名称")


class QuestionListSerializer(serializers.Serializer):
    """What may be asked under the version that applies."""

    jurisdiction = serializers.SlugField()
    version = serializers.DateField()
    kinds = QuestionKindSerializer(many=True)
    readings = ReadingSerializer(many=True)


OBJECT = {"not_a_dict": "应为对象"}


@extend_schema_field(FREE)
class FactsField(serializers.DictField):
    """Facts by name."""


class DayField(serializers.DateField):
    """A day in the one spelling that `ask` takes as well."""

    default_error_messages = {"invalid": "应为日期，如 2025-03-10"}

    def to_internal_value(self, value: Any) -> date:
        try:
            return parse_day(value)
        except (ValueError, TypeError):
            self.fail("invalid")


class QuestionSerializer(serializers.Serializer):
    """A question: what is known, on which day, read in which way."""

    given = FactsField(help_text="已知事实，名称见问题清单；null 与不给相同", error_messages=OBJECT)
    on = DayField(
        required=False, allow_null=True, help_text="所问的日期；不给的，用今日适用的版本，日期按未知处理"
    )
    readings = serializers.DictField(
        child=serializers.CharField(max_length=60),
        required=False,
        help_text="不采用通行理解口径的，逐项写明",
        error_messages=OBJECT,
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        unknown = {name: ["没有这一项。"] for name in self.initial_data if name not in self.fields}
        if unknown:
            raise serializers.ValidationError(unknown)
        return attrs


def validity_words(rules: Profile, day: date) -> dict[str, Any]:
    """A regulation's standing on a day."""
    standing = validity_of(rules, day)
    return {
        "on": day,
        "status": standing.state.value,
        "label": standing.state.label,
        "in_force": standing.answer.in_force,
        "start": standing.answer.from_,
        "end": standing.answer.to,
        "clause": standing.answer.clause,
        "explanation": standing.answer.explanation,
    }


def jurisdiction_words(place: Jurisdiction, version: RuleProfile | None, day: date) -> dict[str, Any]:
    """One card of the portal."""
    return {
        "slug": place.slug,
        "name": place.name,
        "short_name": place.short_name,
        "division_code": place.division_code,
        "rules": {
            "title": version.rules.title,
            "version": version.version,
            "level": version.rules.jurisdiction.level,
            "validity": validity_words(version.rules, day),
        }
        if version
        else None,
        "page": reverse("public:home", kwargs={"jurisdiction": place.slug}),
    }


@lru_cache(maxsize=64)
def profile_words(text: str) -> dict[str, Any]:
    """A profile as plain JSON values; the same text once a process."""
    words: dict[str, Any] = plain(accepted_profile(text).model_dump(by_alias=True, serialize_as_any=True))
    return words


def fact_words(rules: Profile, names: frozenset[str]) -> list[dict[str, Any]]:
    """Facts in the order of the form; those that the form does not ask for at the end, by name."""
    asked = [fact for fact in rules.facts if fact.name in names]
    found: list[dict[str, Any]] = [
        {
            "name": fact.name,
            "label": fact.label,
            "type": fact.type,
            **({"unit": fact.unit} if fact.unit else {}),
            **({"choices": {one.value: one.label for one in fact.choices}} if fact.choices else {}),
        }
        for fact in asked
    ]
    for name in sorted(names - {fact.name for fact in asked}):
        words = words_of_fact(rules, name)
        found.append({"name": name, **({"label": words} if words != name else {})})
    return found


def reading_words(rules: Profile) -> list[Mapping[str, Any]]:
    """The readings of a profile."""
    return [
        {
            "id": reading.id,
            "question": reading.question,
            "chosen": reading.chosen,
            "options": {option.value: option.label for option in reading.options},
        }
        for reading in rules.readings
    ]
