"""Which JSON is read: what every reader understands alike, and what can be kept."""

import pytest

from matricula.sso import errors
from matricula.sso.json_documents import LARGEST, read_json_object

DEEP = b'{"a":' * 17 + b"1" + b"}" * 17


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":1e999}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"\\u0000"}',
        b'{"a":"\\ud800"}',
        b'{"\\uDC00":1}',
        b'{"a":"\xff"}',
        '{"a":1}'.encode("utf-16"),
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        DEEP,
    ],
)
def test_json_that_two_readers_would_read_differently_is_refused(body):
    with pytest.raises(errors.NotJson):
        read_json_object(body)


def test_json_as_providers_write_it_is_read():
    assert read_json_object(b'{"a": "\\ud83d\\ude00", "b": [1.5, {"c": null}]}')["a"] == "\N{GRINNING FACE}"
    assert read_json_object(DEEP[5:-1])
    with pytest.raises(errors.DocumentTooLarge):
        read_json_object(b" " * LARGEST + b"{}")
