"""The words that leads on the board use, for “did you mean”."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class Word(models.Model):
    """One word of titles on the board, in small letters and without accents."""

    text = models.CharField(_("word"), primary_key=True, max_length=40)
    leads = models.PositiveIntegerField(_("leads that use it"))

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")
        indexes = [  # “did you mean”: words that look alike
            GinIndex(name="word_look", fields=["text"], opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.text
