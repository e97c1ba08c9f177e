"""Where a station stands, for the pages of the room below this one."""

from typing import Any

from django import template

from assessments import ending, standing
from assessments.permissions import can_ask_to_deregister

register = template.Library()
register.simple_tag(standing.duties_of, name="duties_of")
register.simple_tag(standing.grounds_of, name="grounds_of")
register.simple_tag(standing.ending_of, name="deregistration_of")
register.simple_tag(ending.endings_of, name="proposed_endings")
register.simple_tag(ending.told_to_unit, name="told_endings")
register.simple_tag(ending.open_to, name="chapters_open")
register.simple_tag(standing.levels_of, name="levels_of")
register.simple_tag(standing.superior_of, name="superior_of")


@register.simple_tag(takes_context=True)
def may_ask_to_end(context: Any, station: Any) -> bool:
    """Whether this person may ask that the station of the page end."""
    return can_ask_to_deregister(context["request"].user, station)
