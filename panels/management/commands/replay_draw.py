"""`manage.py replay_draw record.json`: draws again from a record alone and compares."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from panels.drawing import NotReproduced, replay


class Command(BaseCommand):
    """Needs no database: the record is what the page of a draw hands out."""

    help = "Repeats a draw of experts from its record and compares the result (- reads standard input)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("record", help="the JSON file of the draw's page, or -")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            record = json.loads(_text(options["record"]))
        except (OSError, ValueError) as error:
            raise CommandError(f"不能读取记录：{error}") from None
        if not isinstance(record, dict):
            raise CommandError("记录应为一个 JSON 对象。")
        if not record.get("seed"):
            raise CommandError("记录中还没有种子：尚未抽取。")
        try:
            drawn = replay(record)
        except NotReproduced as error:
            raise CommandError(f"不能复现：{error}。") from None
        names = {str(one["key"]): one.get("name", one["key"]) for one in record["candidates"]}
        for words, keys in (("抽中", drawn.seated), ("候补", drawn.reserves)):
            self.stdout.write(f"{words}：{'、'.join(names[key] for key in keys) or '无'}")
        self.stdout.write("与记录一致。")


def _text(name: str) -> str:
    return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
