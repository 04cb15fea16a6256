"""The web site of Acme."""
