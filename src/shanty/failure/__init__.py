"""From what was said before the end to one sentence on why, and a fix."""
