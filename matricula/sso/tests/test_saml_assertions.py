"""For whom an answer is, until when, and whom it is about: each thing refused by its own name."""

from datetime import UTC, datetime, timedelta

import pytest

from matricula.sso.saml_assertions import FARTHEST, AttributeNames
from matricula.sso.tests.judging import believed, expect, refused
from matricula.sso.tests.minting import (
    ACS,
    ADA,
    AUDIENCE,
    ISSUER,
    NOW,
    PERSISTENT,
    REQUEST,
    TRANSIENT,
    at,
    attribute,
    signed,
)

OTHERS = "<a:AudienceRestriction><a:Audience>https://other.example/</a:Audience></a:AudienceRestriction>"
OURS = f"<a:AudienceRestriction><a:Audience>{AUDIENCE}</a:Audience></a:AudienceRestriction>"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"


def confirmation(data: str, method: str = BEARER) -> str:
    inner = f"<a:SubjectConfirmationData {data}/>"
    return f'<a:SubjectConfirmation Method="{method}">{inner}</a:SubjectConfirmation>'


@pytest.mark.parametrize("which", ["assertion", "response", "both"])
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"destination": 'Destination="https://learn.example/sso/other/entra/acs"'}, "destination"),
        ({"destination": f'Destination="{ACS}/"'}, "destination"),
        ({"destination": 'Destination=""'}, "destination"),
        ({"in_response_to": 'InResponseTo="_other"'}, "in_response_to"),
        ({"in_response_to": 'InResponseTo=""'}, "in_response_to"),
        ({"in_response_to": ""}, "in_response_to"),
        ({"in_response_to": "", "confirmed": ""}, "in_response_to"),
        ({"confirmed": 'InResponseTo="_other"'}, "confirmation_in_response_to"),
        ({"confirmed": ""}, "confirmation_in_response_to"),
        ({"response_issuer": "<a:Issuer>https://evil.example/</a:Issuer>"}, "response_issuer"),
        ({"response_issuer": f"<a:Issuer>{ISSUER}</a:Issuer>" * 2}, "response_issuer"),
        ({"issuer": "<a:Issuer>https://evil.example/</a:Issuer>"}, "issuer"),
        ({"issuer": f"<a:Issuer>{ISSUER}/</a:Issuer>"}, "issuer"),
        ({"issuer": f'<a:Issuer Format="{PERSISTENT}">{ISSUER}</a:Issuer>'}, "issuer"),
        ({"issuer": f"<a:Issuer>{ISSUER}</a:Issuer>" * 2}, "issuer"),
        ({"issuer": ""}, "issuer"),
        ({"version": 'Version="1.1"'}, "assertion_version"),
        ({"version": ""}, "assertion_version"),
        ({"subject": ""}, "one_subject"),
        ({"subject": f"<a:Subject><a:NameID>{ADA}</a:NameID></a:Subject>" * 2}, "one_subject"),
        ({"confirmation": ""}, "bearer"),
        ({"method": "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"}, "bearer"),
        ({"method": "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"}, "bearer"),
        ({"confirmation": f'<a:SubjectConfirmation Method="{BEARER}"/>'}, "confirmation_data"),
        ({"recipient": 'Recipient="https://learn.example/sso/other/entra/acs"'}, "recipient"),
        ({"recipient": ""}, "recipient"),
        ({"confirmed_until": ""}, "confirmation_not_on_or_after"),
        ({"confirmed_until": f'NotOnOrAfter="{at(-60)}"'}, "confirmation_not_on_or_after"),
        ({"confirmed_until": 'NotOnOrAfter="soon"'}, "confirmation_not_on_or_after"),
        ({"confirmed_until": f'NotBefore="{at(-9)}" NotOnOrAfter="{at(9)}"'}, "confirmation_not_before"),
        ({"conditions": ""}, "conditions"),
        ({"conditions": f"<a:Conditions>{OURS}</a:Conditions>" * 2}, "conditions"),
        ({"window": f'NotBefore="{at(-7200)}" NotOnOrAfter="{at(-3600)}"'}, "not_on_or_after"),
        ({"window": f'NotOnOrAfter="{at(-60)}"'}, "not_on_or_after"),
        ({"window": 'NotOnOrAfter=""'}, "not_on_or_after"),
        ({"window": f'NotBefore="{at(61)}" NotOnOrAfter="{at(600)}"'}, "not_before"),
        ({"window": 'NotBefore="2027-02-30T00:00:00Z"'}, "not_before"),
        ({"audience": ""}, "audience"),
        ({"audience": "<a:AudienceRestriction/>"}, "audience"),
        ({"audience": OTHERS}, "audience"),
        ({"audience": OURS + OTHERS}, "audience"),
        ({"audience": OTHERS + OURS}, "audience"),
        ({"audience": OURS + "<a:Condition/>"}, "unknown_condition"),
        ({"audience": OURS + '<x:OneTimeUse xmlns:x="urn:x"/>'}, "unknown_condition"),
        ({"statement": ""}, "authn_statement"),
        ({"instant": ""}, "authn_instant"),
        ({"instant": f'AuthnInstant="{at(3600)}"'}, "authn_instant"),
        ({"session": f'SessionNotOnOrAfter="{at(-3600)}"'}, "session_not_on_or_after"),
        ({"name_id": ""}, "name_id"),
        ({"name_id": "<a:NameID> </a:NameID>"}, "name_id"),
        ({"name_id": "<a:NameID>ada<a:x/></a:NameID>"}, "name_id"),
        ({"name_id": "<a:NameID>ada</a:NameID><a:NameID>eve</a:NameID>"}, "name_id"),
        ({"name_id": "<a:EncryptedID>ada</a:EncryptedID>"}, "name_id"),
        ({"name_id": f'<a:NameID Format="{TRANSIENT}">_x1</a:NameID>'}, "transient"),
        ({"name_id": f"<a:NameID>{'a' * 257}</a:NameID>"}, "subject"),
    ],
)
def test_each_thing_that_is_wrong_has_its_own_name(which, changes, code):
    assert refused(signed(which, **changes)) == code


def test_only_an_unsigned_response_may_leave_its_destination_out():
    assert believed(signed(destination="")).answer.subject == ADA
    assert refused(signed("response", destination="")) == "destination"
    assert refused(signed("both", destination="")) == "destination"


def test_a_response_may_leave_its_issuer_out():
    assert believed(signed(response_issuer="")).answer.subject == ADA


class TestConfirmations:
    def test_one_of_several_for_us_is_enough(self):
        others = confirmation('Recipient="https://other.example/"') + confirmation("", "urn:x")
        assert believed(signed(more_confirmations=others)).answer.subject == ADA

    def test_what_one_confirmation_lacks_another_does_not_lend(self):
        """The recipient of the first, the request of the second."""
        later = f'NotOnOrAfter="{at(300)}"'
        two = confirmation(f'Recipient="{ACS}" {later}') + confirmation(
            f'Recipient="https://other.example/" InResponseTo="{REQUEST}" {later}'
        )
        assert refused(signed(confirmation=two)) == "confirmation_in_response_to"

    def test_an_assertion_is_remembered_as_long_as_it_could_be_believed(self):
        longer = confirmation(f'Recipient="{ACS}" InResponseTo="{REQUEST}" NotOnOrAfter="{at(900)}"')
        assert believed(signed()).not_on_or_after == NOW + timedelta(seconds=300 + 60)
        assert believed(signed(more_confirmations=longer)).not_on_or_after == NOW + timedelta(
            seconds=900 + 60
        )
        until = f'NotOnOrAfter="{at(120)}"'
        assert believed(signed(window=until), skew=timedelta(0)).not_on_or_after == NOW + timedelta(
            seconds=120
        )


class TestTime:
    @pytest.mark.parametrize(
        "text",
        [
            "2027-03-01T09:05:00Z",
            "2027-03-01T09:05:00.0000001Z",
            "2027-03-01T09:05:00.000",
            "2027-03-01T11:05:00+02:00",
        ],
    )
    def test_instants_are_read_as_providers_write_them(self, text):
        """Entra writes seven digits of a second, ADFS three. Without a zone it is UTC."""
        judged = believed(signed(confirmed_until=f'NotOnOrAfter="{text}"'), skew=timedelta(0))
        assert judged.not_on_or_after == datetime(2027, 3, 1, 9, 5, tzinfo=UTC)

    @pytest.mark.parametrize(
        "text",
        [
            "9999-12-31T23:59:59Z",
            "9999-12-31T23:59:59-14:00",
            "0001-01-01T00:00:00+14:00",
            "٢٠٢٧-03-01T09:05:00Z",
        ],
    )
    def test_the_ends_of_time_are_no_fault_of_ours(self, text):
        if text.startswith("9999-12-31T23:59:59Z"):
            whole = f'NotOnOrAfter="{text}"'
            assert believed(signed(confirmed_until=whole, window=whole)).not_on_or_after > FARTHEST
        else:
            assert refused(signed(confirmed_until=f'NotOnOrAfter="{text}"')) == "confirmation_not_on_or_after"

    def test_a_clock_may_be_off_by_as_much_as_was_set(self):
        ahead = {
            "window": f'NotBefore="{at(200)}" NotOnOrAfter="{at(600)}"',
            "instant": f'AuthnInstant="{at(200)}"',
        }
        assert refused(signed(**ahead)) == "not_before"
        assert believed(signed(**ahead), skew=timedelta(seconds=300)).answer.subject == ADA
        assert believed(signed(confirmed_until=f'NotOnOrAfter="{at(-59)}"')).answer.subject == ADA

    @pytest.mark.parametrize("seconds", [-1, 301])
    def test_no_more_than_five_minutes_can_be_set(self, seconds):
        with pytest.raises(ValueError, match="skew"):
            expect(skew=timedelta(seconds=seconds))

    def test_conditions_without_times_are_bounded_by_the_confirmation(self):
        assert believed(signed(window="")).not_on_or_after == NOW + timedelta(seconds=360)

    def test_the_session_ends_when_the_company_says_so(self):
        assert believed(signed()).answer.ends_at is None
        ends = believed(signed(session=f'SessionNotOnOrAfter="{at(28800)}"')).answer.ends_at
        assert ends == NOW + timedelta(hours=8)

    def test_who_was_asked_to_sign_in_anew_has_done_so(self):
        asked = NOW - timedelta(seconds=90)
        old = signed(instant=f'AuthnInstant="{at(-3600)}"')
        assert believed(old).answer.subject == ADA
        assert refused(old, signed_in_since=asked) == "signed_in_anew"
        assert believed(signed(), signed_in_since=asked).answer.subject == ADA


class TestSubject:
    def test_it_is_the_name_id_without_white_space_around_it(self):
        judged = believed(signed(name_id=f'<a:NameID Format="{PERSISTENT}">\n  _7 f\n</a:NameID>'))
        assert (judged.answer.subject, judged.name_id_format, judged.answer.email) == ("_7 f", PERSISTENT, "")

    def test_a_name_id_of_another_format_than_agreed_is_somebody_elses(self):
        assert refused(signed(), name_id_format=PERSISTENT) == "name_id_format"
        mine = signed(name_id=f'<a:NameID Format="{PERSISTENT}">_7f</a:NameID>')
        assert believed(mine, name_id_format=PERSISTENT).answer.subject == "_7f"

    def test_a_chosen_attribute_says_who_it_is_whatever_the_name_id(self):
        chosen = AttributeNames(subject="uid")
        for name_id in (f'<a:NameID Format="{TRANSIENT}">_x1</a:NameID>', ""):
            root = signed(name_id=name_id, attributes=attribute("uid", " ada "))
            assert believed(root, attributes=chosen).answer.subject == "ada"

    @pytest.mark.parametrize(
        "attributes", ["", attribute("uid"), attribute("uid", ""), attribute("uid", "a", "b")]
    )
    def test_the_chosen_attribute_has_one_value(self, attributes):
        assert (
            refused(signed(attributes=attributes), attributes=AttributeNames(subject="uid"))
            == "subject_attribute"
        )


class TestAttributes:
    def test_attributes_that_are_repeated_are_joined(self):
        """Keycloak writes each role as an attribute of its own."""
        root = signed(attributes=attribute("Role", "staff") + attribute("Role", "editor", "lead"))
        judged = believed(root, attributes=AttributeNames(groups="Role"))
        assert judged.answer.groups == ("staff", "editor", "lead")
        assert judged.answer.values == {"Role": ("staff", "editor", "lead")}

    def test_hints_come_from_the_attributes_that_were_chosen(self):
        claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
        root = signed(
            attributes=attribute(f"{claims}/emailaddress", "ada@work.example", "second@work.example")
            + attribute(f"{claims}/givenname", "Ada")
            + attribute(f"{claims}/surname", "Lovelace")
            + attribute("groups", "staff")
        )
        names = AttributeNames(
            email=f"{claims}/emailaddress", given_name=f"{claims}/givenname", family_name=f"{claims}/surname"
        )
        answer = believed(root, attributes=names).answer
        assert (answer.email, answer.full_name, answer.groups) == ("ada@work.example", "Ada Lovelace", ())

    def test_without_a_choice_an_address_as_name_id_is_the_hint(self):
        answer = believed(signed()).answer
        assert (answer.email, answer.full_name, answer.groups) == (ADA, "", ())

    def test_a_whole_name_goes_before_its_parts(self):
        names = AttributeNames(full_name="name", given_name="email")
        assert believed(signed(), attributes=names).answer.full_name == "Ada Lovelace"

    def test_names_and_values_that_say_nothing_are_no_values(self):
        nil = (
            '<a:Attribute Name="n"><a:AttributeValue xmlns:i="http://www.w3.org/2001/XMLSchema-instance" '
            'i:nil="true"/>'
            "<a:AttributeValue/><a:AttributeValue><a:x>y</a:x></a:AttributeValue></a:Attribute><a:Attribute/>"
        )
        answer = believed(signed(attributes=nil), attributes=AttributeNames(email="n")).answer
        assert answer.values == {"n": (), "": ()}
        assert answer.email == ADA

    def test_a_targeted_id_is_read_from_the_name_id_in_it(self):
        """eduPersonTargetedID, as federations of universities send it."""
        name = "urn:oid:1.3.6.1.4.1.5923.1.1.1.10"
        root = signed(attributes=attribute(name, f'<a:NameID Format="{PERSISTENT}">_t1</a:NameID>'))
        assert believed(root, attributes=AttributeNames(subject=name)).answer.subject == "_t1"
