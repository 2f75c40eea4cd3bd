import logging
import re

SECRETS = re.compile(r"(/(?:join|confirm|reset|roles)/|matricula_)[A-Za-z0-9_-]{30,}")


class SecretFilter(logging.Filter):
    """Takes the secrets of links and of API tokens out of log lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = SECRETS.sub(r"\1***", record.getMessage())
        record.args = ()
        return True
