"""Composes the market. Celery's app is loaded with Django, so that `.delay()` finds its broker."""

from marketplace.celery import app as celery_app

__all__ = ["celery_app"]
