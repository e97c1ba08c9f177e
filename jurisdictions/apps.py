from django.apps import AppConfig


class JurisdictionsConfig(AppConfig):
    name = "jurisdictions"

    def ready(self) -> None:
        from jurisdictions import account_log, roles  # noqa: F401, PLC0415 - they register themselves
