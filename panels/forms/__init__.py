"""What is typed about panels, a module for each of their pages."""
