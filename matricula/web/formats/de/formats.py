"""As German ones do: 24. November 2026, 24.11.2026."""

DATE_FORMAT = "j. F Y"
SHORT_DATE_FORMAT = "d.m.Y"
SHORT_DATETIME_FORMAT = "d.m.Y, H:i T"
MONTH_DAY_FORMAT = "j. M"
TIME_FORMAT = "H:i"
