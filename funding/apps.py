from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "funding"

    def ready(self) -> None:
        from funding import receivers  # noqa: F401, PLC0415 - receivers need the models loaded
