"""Pages of a list: as many rows as the pages for people have; neighbours as addresses without a host."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.utils.urls import replace_query_param

PAGE_SIZE = 20


class Pages(PageNumberPagination):
    """`{count, next, previous, results}`. A page that is no number is 400, one beyond the last 404."""

    page_size = PAGE_SIZE
    page_query_description = "第几页，从 1 起。"

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        asked = request.query_params.get(self.page_query_param, "1")
        if not (asked.isascii() and asked.isdigit() and int(asked[:10]) > 0):
            raise ValidationError({self.page_query_param: "页码应为正整数。"})
        try:
            return super().paginate_queryset(queryset, request, view)
        except NotFound:
            raise NotFound("没有这一页。") from None

    def get_next_link(self) -> str | None:
        return self._link(self.page.next_page_number()) if self.page.has_next() else None

    def get_previous_link(self) -> str | None:
        return self._link(self.page.previous_page_number()) if self.page.has_previous() else None

    def _link(self, number: int) -> str:
        # Without the host: what a cache keeps says nothing that a Host header chose.
        found: str = replace_query_param(self.request.get_full_path(), self.page_query_param, number)
        return found

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri-reference"}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "description": "全部条数"},
                "next": link,
                "previous": link,
                "results": schema,
            },
        }
