"""Settings for the public."""

from harbour.settings.base import *  # noqa: F403

DEBUG = False
