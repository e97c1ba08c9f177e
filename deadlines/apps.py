from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    name = "deadlines"

    def ready(self) -> None:
        from deadlines import infected_files, staff_messages  # noqa: F401, PLC0415 - connect their receivers
