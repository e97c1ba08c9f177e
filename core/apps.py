from importlib import import_module

from django.apps import AppConfig

from core.redaction import install


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        install()
        import_module("core.checks")
