"""What `init` gives a project to own."""
