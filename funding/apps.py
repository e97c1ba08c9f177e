from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "funding"

    def ready(self) -> None:
        from funding import receivers, replaying  # noqa: F401, PLC0415 - need the models loaded
