"""Celery's doors to this room."""

from celery import shared_task

from core.tenancy import for_each_tenant
from documents.parts import sweep_parts
from documents.scanning import catch_up
from documents.sweeping import sweep


@shared_task
def scan_waiting() -> int:
    """Hands waiting files to the scanner as soon as it answers again; returns how many wait."""
    return for_each_tenant(catch_up)


@shared_task
def sweep_files() -> int:
    """Removes files that no row names, and uploads that nobody goes on with; returns how many."""
    return for_each_tenant(lambda: len(sweep().removed) + sweep_parts())
