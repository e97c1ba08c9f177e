"""Prints the demonstration accounts: one line each, by jurisdiction and role."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.text import Truncator

from config import demo
from core import clock
from core.tenancy import tenant_scope
from jurisdictions.enums import Role
from jurisdictions.models import Jurisdiction
from stations.enums import UnitRole


class Command(BaseCommand):
    help = "Print the demonstration accounts and the day on which each jurisdiction's clock stands."

    def handle(self, *args: Any, **options: Any) -> None:
        username, name = demo.OPERATOR
        self.stdout.write(f"\n/platform/\n  {username:<16}{Role.PLATFORM_OPERATOR.label}（{name}）")
        for slug in demo.slugs():
            jurisdiction = Jurisdiction.objects.filter(slug=slug).first()
            if jurisdiction is None:
                continue
            with tenant_scope(jurisdiction):
                today = clock.today()
            content = demo.read(slug)
            self.stdout.write(f"\n/{slug}/  {jurisdiction.name}  {today:%Y-%m-%d}")
            for username, who in _accounts(content):
                self.stdout.write(f"  {username:<16}{who}")
        self.stdout.write(f"\nPassword of all of them: {demo.PASSWORD}")


def _accounts(content: dict[str, Any]) -> list[tuple[str, str]]:
    places = {row["key"]: row["short_name"] for row in content["authorities"]}
    rows = []
    for person in content["people"]:
        posts = "、".join(
            f"{places[post['at']]} {Role(post['role']).label}" for post in person.get("posts", [])
        )
        rows.append((person["username"], f"{posts or '评审专家'}（{person['name']}）"))
    for unit in content.get("units", []):
        for member in unit["members"]:
            name = Truncator(unit["name"]).chars(20)
            rows.append((member["username"], f"{name} {UnitRole(member['role']).label}（{member['name']}）"))
    return rows
