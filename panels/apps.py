from importlib import import_module

from django.apps import AppConfig


class PanelsConfig(AppConfig):
    name = "panels"

    def ready(self) -> None:
        # They register themselves.
        for name in ("receivers", "roles"):
            import_module(f"panels.{name}")
