"""What the app talks to: the services of a Compose file."""
