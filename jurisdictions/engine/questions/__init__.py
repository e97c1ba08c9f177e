"""Questions to a regulation, and its answers, as `manage.py ask` and the API put them.

`asking.ask` is the way in; `question` holds what every kind shares; each kind is one module with a `KIND`.
A module decides nothing itself: it reads the facts, asks the profile through the engine, and names the
answer's fields as `jurisdictions/profiles/*/cases.json` do.
"""

from jurisdictions.engine.questions.asking import ask
from jurisdictions.engine.questions.kinds import KINDS
from jurisdictions.engine.questions.question import QuestionError

__all__ = ["KINDS", "QuestionError", "ask"]
