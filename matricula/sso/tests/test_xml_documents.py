"""What is read of XML that outsiders send, and what is refused before anything looks at it."""

import time
from contextlib import suppress

import pytest

from matricula.sso.saml_errors import UnreadableXML
from matricula.sso.xml_documents import (
    DEEPEST,
    LARGEST_MESSAGE,
    LARGEST_METADATA,
    parse_body,
    read_message,
    read_metadata,
    read_text,
)

LAUGHS = b'<!DOCTYPE x [<!ENTITY a0 "ha">%s]><x>&a9;</x>' % b"".join(
    b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 20) for n in range(1, 10)
)


def code_of(raw: bytes, read=read_message) -> str:
    with pytest.raises(UnreadableXML) as caught:
        read(raw)
    assert str(caught.value)
    return caught.value.code


@pytest.mark.parametrize(
    "raw",
    [
        b"<a>\xc3\xa9</a>",
        b"\xef\xbb\xbf<a>\xc3\xa9</a>",
        b'<?xml version="1.0" encoding="UTF-8"?>\r\n<a>\xc3\xa9</a>\n',
        b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8' standalone='no' ?><a>&#233;</a>",
        b'<?xml version="1.0"?><a>&#xe9;</a>',
    ],
)
def test_utf_8_is_read_however_it_is_announced(raw):
    assert read_message(raw).text == "é"
    assert read_metadata(raw).text == "é"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "xml_malformed"),
        (b"no", "xml_malformed"),
        (b"<a>", "xml_malformed"),
        (b"<a/><b/>", "xml_malformed"),
        (b"<a/>b", "xml_malformed"),
        (b"<a>\x00</a>", "xml_malformed"),
        (b"<a>&#0;</a>", "xml_malformed"),
        (b"<a>\x01</a>", "xml_malformed"),
        (b"<a>&e;</a>", "xml_malformed"),
        (b"<p:a/>", "xml_malformed"),
        (b"<a b='1' b='2'/>", "xml_malformed"),
        (b"<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", "xml_malformed"),
        (b"<a>\xe9</a>", "xml_encoding"),
        (b"<a>\xed\xa0\x80</a>", "xml_encoding"),
        (b"<a>\xc0\xbc</a>", "xml_encoding"),
        ("<a/>".encode("utf-16"), "xml_encoding"),
        ("<a/>".encode("utf-16-le"), "xml_malformed"),
        ("<a/>".encode("utf-32-be"), "xml_malformed"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "xml_declaration"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>', "xml_declaration"),
        (b'<?xml version="1.1"?><a/>', "xml_declaration"),
        (b'<?xml-stylesheet href="x"?><a/>', "xml_declaration"),
        (b"<!DOCTYPE a><a/>", "xml_doctype"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "b">]><a>&e;</a>', "xml_doctype"),
        (b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', "xml_doctype"),
        (b'<!DOCTYPE a SYSTEM "http://evil.example/x.dtd"><a/>', "xml_doctype"),
        (b"<!doctype a><a/>", "xml_doctype"),
        (LAUGHS, "xml_doctype"),
        (b"<a>b<!--c-->d</a>", "xml_comment"),
        (b"<a/><!--c-->", "xml_comment"),
        (b"<a>b<?c d?>e</a>", "xml_instruction"),
        (b"<?c d?><a/>", "xml_instruction"),
        (b'<?xml version="1.0"?><?xml version="1.0"?><a/>', "xml_instruction"),
        (b' <?xml version="1.0"?><a/>', "xml_instruction"),
        (b"<a><![CDATA[b]]></a>", "xml_cdata"),
        (b"<a>" + b"<b>" * DEEPEST + b"</b>" * DEEPEST + b"</a>", "xml_depth"),
        (b"<a ID='x'><b ID='x'/></a>", "xml_duplicate_id"),
        (b"<a ID='x'><b xml:id='x'/></a>", "xml_duplicate_id"),
        (b"<a ID='x' iD='x'/>", "xml_duplicate_id"),
        (b"<a>" + b"b" * LARGEST_MESSAGE + b"</a>", "xml_size"),
    ],
)
def test_a_message_that_two_readers_could_read_differently_is_refused(raw, code):
    assert code_of(raw) == code


@pytest.mark.parametrize(
    "raw", [b"<a>b<!--c--></a>", b"<a><?b c?></a>", b'<!DOCTYPE a [<!ENTITY e "b">]><a>&e;</a>']
)
def test_what_the_look_at_the_bytes_let_through_the_parser_would_refuse(raw):
    assert code_of(raw, parse_body) == "xml_malformed"


def test_as_deep_as_allowed_is_read():
    assert read_message(b"<a>" * DEEPEST + b"</a>" * DEEPEST).tag == "a"


def test_elements_within_elements_without_end_are_refused():
    assert code_of(b"<a>" * 30_000) in ("xml_malformed", "xml_depth")
    assert code_of(b"<a>" * 30_000 + b"</a>" * 30_000) in ("xml_malformed", "xml_depth")


class TestMetadata:
    def test_comments_instructions_and_cdata_are_left_out_and_what_is_around_them_is_one_text(self):
        root = read_metadata(b"<?xml version='1.0'?><!-- by --><a>b<!--c-->d<?e f?>g<![CDATA[h]]></a>")
        assert read_text(root) == "bdgh"

    def test_white_space_around_what_was_pasted_is_no_part_of_it(self):
        assert read_metadata(b"\xef\xbb\xbf\r\n <?xml version='1.0'?><a/>\n").tag == "a"

    def test_a_doctype_is_refused_even_of_an_administrator(self):
        assert code_of(LAUGHS, read_metadata) == "xml_doctype"
        assert code_of(b"<!DOCTYPE a><a/>", read_metadata) == "xml_doctype"
        assert code_of(b"<!doctype a><a/>", read_metadata) == "xml_malformed"

    def test_it_may_be_larger_than_a_message(self):
        assert read_metadata(b"<a>" + b"b" * LARGEST_MESSAGE + b"</a>").tag == "a"
        assert code_of(b"<a>" + b"b" * LARGEST_METADATA + b"</a>", read_metadata) == "xml_size"


class TestText:
    def test_white_space_of_xml_around_a_value_is_no_part_of_it(self):
        assert read_text(read_message(b"<a>\r\n\t b c </a>")) == "b c"
        assert read_text(read_message("<a>\u00a0b</a>".encode())) == "\u00a0b"

    def test_a_value_with_elements_within_has_no_text(self):
        assert read_text(read_message(b"<a>b<c/>d</a>")) == ""
        assert read_text(None) == ""


NAMES = b" ".join(b"a%d='%d'" % (n, n) for n in range(15_000))
SPACES = b" ".join(b"xmlns:n%d='u%d'" % (n, n) for n in range(9_000))


@pytest.mark.parametrize(
    "raw",
    [
        b"<a %s/>" % NAMES,
        b"<a %s/>" % SPACES,
        b"<a>" + b"<b/>" * 60_000 + b"</a>",
        b"<a>" + b"&lt;" * 60_000 + b"</a>",
        b"<a>" + b"".join(b"<b ID='%d'/>" % n for n in range(15_000)) + b"</a>",
        b"<a " + b" " * 250_000 + b"/>",
        b"<?xml " + b" " * 250_000,
    ],
    ids=["attributes", "namespaces", "elements", "references", "ids", "spaces", "declaration"],
)
def test_what_is_written_to_keep_the_server_busy_costs_little(raw):
    assert len(raw) <= LARGEST_MESSAGE
    begun = time.process_time()
    with suppress(UnreadableXML):
        read_message(raw)
    assert time.process_time() - begun < 0.5
