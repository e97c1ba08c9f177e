from django.apps import AppConfig


class StationsConfig(AppConfig):
    name = "stations"

    def ready(self) -> None:
        from core.redaction import hide_after  # noqa: PLC0415 - models are loaded by now
        from jurisdictions.bars import bars  # noqa: PLC0415 - as above
        from jurisdictions.belonging import circle  # noqa: PLC0415 - as above

        # The first two register themselves: roles for the log, the worker's mail of an invitation.
        from stations import invitations, roles  # noqa: F401, PLC0415 - as above
        from stations.permissions import acts_for_a_unit, member_ids  # noqa: PLC0415 - as above

        # Whoever has the address of an invitation may accept it.
        hide_after("invitations")
        circle("units", "申报单位成员")(member_ids)
        bars("申报单位成员不能在本辖区任职：不得审核自己单位的申报。请先由单位移除该成员。")(acts_for_a_unit)
