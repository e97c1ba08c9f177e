"""Run in the site's shell: seats EXPERTS experts on one panel; prints each one's sheet and session."""

import json
import os

from django.test import Client

from config import demo
from config.large_round import LargeRound
from core.tenancy import tenant_scope
from jurisdictions.models import Jurisdiction
from panels.forming import add_expert
from panels.models import Panel, ScoreSheet

with tenant_scope(Jurisdiction.objects.get(slug="qinshui")):
    content = demo.read("qinshui")
    made = demo.furnish(content)
    experts = int(os.environ["EXPERTS"])
    large = LargeRound(content, made, slug="qinshui")
    large.play(applications=40, former=0, experts=experts, reviewers=1)
    panel = Panel.objects.filter(state="scoring").latest("pk")
    seated = set(panel.members.values_list("expert", flat=True))
    for expert in large.experts:
        if expert.pk not in seated:
            add_expert(panel=panel, expert=expert, actor=made.people["officer"])
    seats = []
    for expert in large.experts:
        mine = ScoreSheet.objects.filter(member__expert=expert, item__panel=panel, state="open")
        client = Client()
        client.force_login(expert.user)
        seats.append({"sheet": mine.order_by("pk").first().pk, "session": client.session.session_key})
print(json.dumps(seats))
