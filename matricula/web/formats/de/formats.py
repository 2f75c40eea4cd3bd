"""Dates in German lists: 24. Nov. 2026."""

SHORT_DATE_FORMAT = "j.\u00a0N Y"
SHORT_DATETIME_FORMAT = "j.\u00a0N Y, H:i T"
MONTH_DAY_FORMAT = "j.\u00a0N"
