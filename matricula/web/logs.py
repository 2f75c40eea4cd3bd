import logging
import re

SECRET_PATHS = re.compile(r"(/(?:join|confirm|reset|roles)/)[A-Za-z0-9_-]{30,}")


class SecretFilter(logging.Filter):
    """Takes the secrets of links out of log lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = SECRET_PATHS.sub(r"\1***", record.getMessage())
        record.args = ()
        return True
