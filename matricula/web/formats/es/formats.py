"""As Spanish ones do: 24 de noviembre de 2026, 24/11/2026."""

DATE_FORMAT = r"j \d\e F \d\e Y"
SHORT_DATE_FORMAT = "d/m/Y"
SHORT_DATETIME_FORMAT = "d/m/Y, H:i T"
MONTH_DAY_FORMAT = "j M"
TIME_FORMAT = "H:i"
