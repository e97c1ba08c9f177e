#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["ask"]:
        # Answered from the rule files alone: no server is started for it.
        os.environ["SERVICES"] = "none"
    from core.acting import acts_from

    # What a command does is logged as coming from it.
    with acts_from(f"command:{sys.argv[1] if len(sys.argv) > 1 else ''}"):
        execute_from_command_line(sys.argv)
