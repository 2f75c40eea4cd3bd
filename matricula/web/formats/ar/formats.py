"""As Arabic ones do: 24 نوفمبر 2026, in the digits that forms take as well."""

DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y، H:i T"
MONTH_DAY_FORMAT = "j M"
TIME_FORMAT = "H:i"
THOUSAND_SEPARATOR, DECIMAL_SEPARATOR, NUMBER_GROUPING = ",", ".", 3
