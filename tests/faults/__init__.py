"""What takes minutes and a whole site of its own: run by `make faults`, not by the test run."""
