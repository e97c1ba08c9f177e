"""Rosters from a spreadsheet: the template workbook, reading what comes back, and what it would change."""
