"""What becomes of an answer, asked as the room asks it."""

from dataclasses import replace

import pytest

from matricula.sso.answers import AnswerRefused
from matricula.sso.saml_assertions import Expected
from matricula.sso.saml_responses import Judged, judge_response
from matricula.sso.tests.minting import ACS, AUDIENCE, ISSUER, NOW, REQUEST, certificate, written


def expect(**changes) -> Expected:
    standard = Expected(
        issuer=ISSUER, audience=AUDIENCE, acs=ACS, certificates=(certificate(),), now=NOW, request_id=REQUEST
    )
    return replace(standard, **changes)


def believed(root, **expected) -> Judged:
    return judge_response(root if isinstance(root, bytes) else written(root), expected=expect(**expected))


def refused(root, **expected) -> str:
    """The code of what was looked at last."""
    with pytest.raises(AnswerRefused) as caught:
        believed(root, **expected)
    assert [check.passed for check in caught.value.checks].index(False) == len(caught.value.checks) - 1
    return caught.value.code
