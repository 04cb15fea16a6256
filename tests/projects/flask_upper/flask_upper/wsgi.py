"""What the server loads."""

from flask_upper.core import build

APPLICATION = build("flask_upper")
