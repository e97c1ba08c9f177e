from django.apps import AppConfig


class PanelsConfig(AppConfig):
    name = "panels"

    def ready(self) -> None:
        from jurisdictions.belonging import circle  # noqa: PLC0415 - models are loaded by now
        from panels.permissions import expert_ids  # noqa: PLC0415 - as above

        circle("experts", "评审专家")(expert_ids)
