"""A production image in a registry: what it is called there, and that it stays what it is."""
