"""What the server loads: outside the wheel."""

from own_metadata import create_app

app = create_app()
