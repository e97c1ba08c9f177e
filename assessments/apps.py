from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self) -> None:
        from assessments import receivers, replaying  # noqa: F401, PLC0415 - need the models loaded
