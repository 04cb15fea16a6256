"""The application of a project, found by reading its source."""
