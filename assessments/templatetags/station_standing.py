"""Where a station stands, for the pages of the room below this one."""

from django import template

from assessments import standing

register = template.Library()
register.simple_tag(standing.duties_of, name="duties_of")
register.simple_tag(standing.grounds_of, name="grounds_of")
register.simple_tag(standing.ending_of, name="deregistration_of")
register.simple_tag(standing.levels_of, name="levels_of")
register.simple_tag(standing.superior_of, name="superior_of")
