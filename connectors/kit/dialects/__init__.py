"""One small class a source: how the kit speaks for it."""
