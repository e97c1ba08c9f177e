from django.apps import AppConfig


class StationsConfig(AppConfig):
    name = "stations"

    def ready(self) -> None:
        from jurisdictions.belonging import circle  # noqa: PLC0415 - models are loaded by now
        from stations import invitations  # noqa: F401, PLC0415 - the worker has to know its mail
        from stations.permissions import member_ids  # noqa: PLC0415 - models are loaded by now

        circle("units", "申报单位成员")(member_ids)
