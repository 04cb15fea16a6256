"""What the server loads."""

from site_pages import create_app

application = create_app()
