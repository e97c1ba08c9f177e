"""The profile language, one module per chapter of a regulation."""
