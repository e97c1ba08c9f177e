"""No workflow of the house is without its table (`tests/matrix.py`)."""

from tests.matrix import tables, workflows


def test_every_workflow_has_a_table_and_every_table_a_workflow() -> None:
    """Planted bug: a workflow in a `transitions.py` of which no `matrix.toml` speaks."""
    found = {(room, name) for room, name, _ in workflows()}
    assert len(found) >= 19
    written = {(room, name) for room, _ in found for name in tables(room)}
    assert written == found
