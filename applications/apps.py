from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"

    def ready(self) -> None:
        from applications import notice_stage, panel_stage  # noqa: F401, PLC0415 - connect their receivers
