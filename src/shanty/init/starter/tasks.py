"""Take this project into Docker."""

from shanty import ns
