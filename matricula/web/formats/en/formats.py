"""Dates as English letters and pages here write them: 24 November 2026."""

DATE_FORMAT = "j F Y"
