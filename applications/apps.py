from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"

    def ready(self) -> None:
        from applications import (  # noqa: F401, PLC0415 - they register themselves
            carrying_over,
            notice_stage,
            panel_stage,
            replaying,
        )
