from django.apps import AppConfig


class StationsConfig(AppConfig):
    name = "stations"

    def ready(self) -> None:
        from stations import roles  # noqa: F401, PLC0415 - it registers itself
