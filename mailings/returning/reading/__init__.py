"""Reading what mail servers send back: no row is read or written, and nothing is believed."""

from mailings.returning.reading.report import MOST, Fate, Report, Said, Unreadable, read_report

__all__ = ["MOST", "Fate", "Report", "Said", "Unreadable", "read_report"]
