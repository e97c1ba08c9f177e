"""A new jurisdiction: first a skeleton of its profile, then (with --from) the tenant itself."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any, get_args

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import DomainError
from core.tenancy import tenant_scope
from jurisdictions.engine import ProfileError
from jurisdictions.engine.schema.profile import Place
from jurisdictions.enums import THREE_ADMINISTRATIONS
from jurisdictions.founding import found_jurisdiction
from jurisdictions.models import Jurisdiction
from jurisdictions.skeleton import Beginnings, example, skeleton, slips, unfilled
from jurisdictions.versions import lead_authority

LEVELS = get_args(Place.model_fields["level"].annotation)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day like 2026-03-01") from None


def _named(text: str) -> tuple[str, str]:
    kind, _, name = text.partition("=")
    if not (kind and name.strip()):
        raise ArgumentTypeError("KIND=full name")
    return kind, name.strip()


class Command(BaseCommand):
    help = (
        "Write the skeleton of a profile (SLUG with --name, --level, --division-code), or found the "
        "jurisdiction from a finished one (SLUG with --from FILE). See docs/new-jurisdiction.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="its part of every address: small letters, digits, hyphens")
        parser.add_argument("--name", help="省市县全称")
        parser.add_argument("--short-name", help="简称; the name where it is left out")
        parser.add_argument("--level", choices=LEVELS)
        parser.add_argument("--division-code", help="GB/T 2260, six digits")
        parser.add_argument("--effective", type=_day, help="the day from which the regulation counts")
        parser.add_argument("--prefix", help="with what clause ids begin; else from the slug")
        parser.add_argument("--to", type=Path, default=Path(), help="folder for the skeleton")
        parser.add_argument("--from", dest="file", type=Path, help="a finished profile")
        parser.add_argument(
            "--authority", type=_named, action="append", default=[], metavar="KIND=NAME",
            help="full name of an authority of a kind; may be given again, also for the same kind",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"] is not None:
            self._found(options["slug"], options["file"], options["authority"])
        else:
            self._write(options)

    # --- the skeleton -----------------------------------------------------------

    def _write(self, options: dict[str, Any]) -> None:
        wanting = [n for n in ("name", "level", "division_code", "effective") if not options[n]]
        if wanting:
            raise CommandError("needed: " + ", ".join(f"--{name.replace('_', '-')}" for name in wanting))
        slug = options["slug"]
        known = Beginnings(
            slug=slug,
            name=options["name"],
            short_name=options["short_name"] or options["name"],
            level=options["level"],
            division_code=options["division_code"],
            effective=options["effective"].isoformat(),
            prefix=(options["prefix"] or "".join(c for c in slug if c.isalpha())[:2]).upper(),
        )
        if wrong := slips(known):
            raise CommandError("；".join(wrong))
        path: Path = options["to"] / slug / f"{known.effective}.yaml"
        if path.exists():
            raise CommandError(f"{path} is there already")
        text = skeleton(known)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.stdout.write(f"{path}：{len(unfilled(text))} 处待填写。填好后：")
        self.stdout.write(f"  manage.py check_profile {path}")
        self.stdout.write(f"  echo '{example(known)}' | manage.py ask --profile {path}")
        self.stdout.write(f"  manage.py new_jurisdiction {slug} --from {path}")

    # --- the jurisdiction -------------------------------------------------------

    def _found(self, slug: str, path: Path, named: list[tuple[str, str]]) -> None:
        try:
            left = unfilled(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path}: {error}") from None
        if left:
            raise CommandError(f"{path}: 还有 {len(left)} 处未填写，见 manage.py check_profile {path}")
        names: dict[str, list[str]] = {}
        for kind, name in named:
            names.setdefault(kind, []).append(name)
        try:
            tenant = found_jurisdiction(slug=slug, path=path, names=names, actor=None)
        except ProfileError as error:
            raise CommandError(str(error)) from None
        except DomainError as refused:
            raise CommandError(refused.message) from None
        self._tell(tenant)

    def _tell(self, tenant: Jurisdiction) -> None:
        with tenant_scope(tenant):
            lead = lead_authority().name
        self.stdout.write(f"{tenant.slug}：{tenant.name}已建立，规则已载入。下一步（三个人，三个账号）：")
        for role in THREE_ADMINISTRATIONS:
            self.stdout.write(
                f"  manage.py open_account 用户名 --name 姓名 --email 邮箱 --phone 电话   # {role.label}"
            )
            self.stdout.write(f"  manage.py appoint 用户名 {tenant.slug} {lead} {role.value}")
        self.stdout.write(
            "三个人首次登录时须修改初始密码，并绑定手机验证器（第二重验证），之后才能打开页面。"
        )
        self.stdout.write(f"此后的人员在 /{tenant.slug}/settings/ 任命和确认。")
