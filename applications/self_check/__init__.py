"""Where a unit stands before it applies: asked without a name, kept nowhere."""
