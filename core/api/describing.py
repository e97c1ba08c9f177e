"""The description of the API (OpenAPI): what no endpoint has to say for itself."""

from __future__ import annotations

from typing import Any

from core.problems import MEDIA_TYPE

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457 问题文档",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "问题种类，指向接口说明页中的一节",
        },
        "title": {"type": "string", "description": "问题种类的名称"},
        "status": {"type": "integer", "description": "HTTP 状态码"},
        "detail": {"type": "string", "description": "这一次错在哪里"},
        "instance": {"type": "string", "format": "uri-reference", "description": "请求的地址"},
        "culprit": {"type": "string", "description": "出错的参数、事实、口径或者问题种类"},
        "errors": {
            "type": "array",
            "description": "全部错误，逐项列出",
            "items": {
                "type": "object",
                "required": ["name", "detail"],
                "properties": {"name": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


def with_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Spectacular's hook: every operation may answer with a problem, and with 429 who asks too often."""
    schemas = result["components"].setdefault("schemas", {})
    for schema in schemas.values():
        # Docstrings of the serializers: words for whoever reads the code.
        schema.pop("description", None)
    schemas["Problem"] = PROBLEM
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    wait = {"description": "多少秒后可以重试", "schema": {"type": "integer"}}
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"]["429"] = {
                "description": "请求过于频繁",
                "headers": {"Retry-After": wait},
                "content": content,
            }
            operation["responses"]["default"] = {"description": "出错时", "content": content}
    return result
