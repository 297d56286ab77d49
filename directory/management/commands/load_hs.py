"""Loads the names of the Harmonized System's chapters, headings and subheadings."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from directory import hs
from directory.hs_file import LARGEST, WrongHsFile, read_hs_file
from directory.hs_loading import load_hs_names

EDITIONS = [2012, 2017, 2022, 2028]


class Command(BaseCommand):
    """Makes the names of one edition those of a file; nothing changes when the file is wrong."""

    help = "Load HS names from a CSV file in the form of UN Comtrade: section,hscode,description,parent,level."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A file and its edition."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--edition", type=int, choices=EDITIONS, default=hs.EDITION)

    def handle(self, *args: Any, file: Path, edition: int, **options: Any) -> None:
        """Read all of it, then load it, then say what changed."""
        try:
            with file.open("rb") as opened:
                read = read_hs_file(opened.read(LARGEST + 1), edition=edition)
        except OSError as error:
            message = f"{file}: {error.strerror}"
            raise CommandError(message) from error
        except WrongHsFile as error:
            message = f"{file}: {error} Nothing was changed."
            raise CommandError(message) from error
        loaded = load_hs_names(file=read, edition=edition)
        self.stdout.write(
            f"HS {edition}: {loaded.added} names added, {loaded.changed} changed, {loaded.removed} removed,"
            f" {loaded.unchanged} as before; {read.left_out} lines left out (chapters 98 and 99, total)."
        )
