"""What the server loads."""

from old_gunicorn.app import create_app

application = create_app()
