"""What attacks on weights cost, and TRL beside our own training steps."""
