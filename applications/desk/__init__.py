"""First-pass review: whose desk a file is on, what is checked there, and what is decided."""
