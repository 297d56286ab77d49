"""The market for gunicorn, with exports that come in stretches of few rows, so that a test needs few."""

from marketplace.wsgi import application
from partners import exporting

exporting.STRETCH = 50

__all__ = ["application"]
