"""From a year's call to the stations that come of it.

`rounds` and `gating` at the door; then in the order of the work: `dossier/` (what an application says),
`filing/` (the unit), `desk/` (first-pass review), `selection/` (panel, list, notice, designation).
`self_check/` asks before anybody applies. `models`, `transitions` and `permissions` hold for all of them.
"""
