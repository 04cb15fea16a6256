"""The tests on a real engine."""
