"""What every endpoint of the public API shares; the rooms' `api.py` hold the endpoints themselves."""
