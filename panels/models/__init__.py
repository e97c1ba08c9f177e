"""Experts, the panels they sit on, and the sheets they sign, each blind to the others."""

from panels.models.draws import Draw
from panels.models.panels import Panel, PanelGroupPermission, PanelItem, PanelMember, PanelUserPermission
from panels.models.register import Expert, ExpertAbsence, ExpertTie
from panels.models.schemes import Scheme
from panels.models.sheets import JointDiscussion, Reopening, ScoreSheet, SheetVersion
from panels.models.visits import SiteVisit, SiteVisitFile, SiteVisitor

__all__ = [
    "Draw",
    "Expert",
    "ExpertAbsence",
    "ExpertTie",
    "JointDiscussion",
    "Panel",
    "PanelGroupPermission",
    "PanelItem",
    "PanelMember",
    "PanelUserPermission",
    "Reopening",
    "Scheme",
    "ScoreSheet",
    "SheetVersion",
    "SiteVisit",
    "SiteVisitFile",
    "SiteVisitor",
]
