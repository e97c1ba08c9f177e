"""Says of a profile file what is wrong with it, each thing with its line and reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jurisdictions.engine import Profile, ProfileError, load_profile
from jurisdictions.skeleton import unfilled


class Command(BaseCommand):
    help = (
        "Check a profile file: what is left to fill, then every mistake with line, place and reason; status "
        "1 for any. It needs no database."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path}: {error}") from None
        places = unfilled(text)
        for place in places:
            self.stdout.write(f"{path}:{place.line}: 尚未填写：{place.what}")
        if places:
            raise CommandError(f"还有 {len(places)} 处未填写。")
        try:
            profile = load_profile(path)
        except ProfileError as error:
            for issue in error.issues:
                self.stdout.write(issue.told(str(path)))
            raise CommandError(f"{len(error.issues)} 处错误。") from None
        self.stdout.write(summary(profile))


def summary(profile: Profile) -> str:
    """What has been read, in figures: to see at a glance whether a chapter was forgotten."""
    notice, award = profile.notice, profile.award
    words = {"working_day": "个工作日", "calendar_day": "日"}
    lines = [
        f"{profile.title}（{profile.jurisdiction.name}）可以使用。",
        f"条件 {len(profile.conditions)} 项，材料 {len(profile.materials)} 项，"
        f"程序 {len(profile.stages)} 步，"
        f"定期事项 {len(profile.obligations)} 项，解读 {len(profile.readings)} 处，"
        f"条款 {len(profile.articles)} 条。",
        f"公示：{f'{notice.days}{words[notice.unit]}' if notice else '文件没有'}；"
        f"补助：{f'{award.total_yuan}元，分{len(award.tranches)}次' if award else '文件没有'}；"
        f"撤销：{f'{len(profile.revocation.grounds)}种情形' if profile.revocation else '文件没有'}。",
    ]
    return "\n".join(lines)
