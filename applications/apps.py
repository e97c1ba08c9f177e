from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"

    def ready(self) -> None:
        # They register themselves.
        from applications import replaying  # noqa: F401, PLC0415
        from applications.filing import carrying_over  # noqa: F401, PLC0415
        from applications.selection import notice_stage, panel_stage  # noqa: F401, PLC0415
