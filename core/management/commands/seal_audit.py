"""Seals today's heads of the log; prints them, for paper or another machine."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.seals import every_tenant, head_of, seal_today


class Command(BaseCommand):
    help = (
        "Seal where each jurisdiction's log stands, once a day; write the heads to AUDIT_SEAL_DIR "
        "and print them. Keep a copy elsewhere: manage.py verify_audit --heads FILE holds the log against it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for _ in every_tenant():
            head = seal_today()
            if head is not None:
                self.stdout.write(head_of(head).line)
