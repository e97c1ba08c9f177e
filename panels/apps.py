from importlib import import_module

from django.apps import AppConfig


class PanelsConfig(AppConfig):
    name = "panels"

    def ready(self) -> None:
        # They register themselves.
        for name in ("receivers", "roles"):
            import_module(f"panels.{name}")
        from jurisdictions.belonging import circle  # noqa: PLC0415 - models are loaded by now
        from panels.permissions import expert_ids  # noqa: PLC0415 - as above

        circle("experts", "评审专家")(expert_ids)
