"""Every fault that a person can meet, injected and judged: `nox -s faults`."""
