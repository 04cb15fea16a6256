"""Making a machine ready for containers."""
