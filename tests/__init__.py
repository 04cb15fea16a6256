"""The tests that need no engine, and what they share."""
