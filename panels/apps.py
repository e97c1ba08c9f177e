from django.apps import AppConfig


class PanelsConfig(AppConfig):
    name = "panels"

    def ready(self) -> None:
        from panels import roles  # noqa: F401, PLC0415 - it registers itself
