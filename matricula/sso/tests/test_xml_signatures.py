"""Whose signature counts, over what, and of what shape. Ada signs in; Mallory would like to be her."""

import copy

import pytest
from lxml import etree

from matricula.sso.answers import AnswerRefused, Checks
from matricula.sso.tests.judging import believed, refused
from matricula.sso.tests.minting import (
    ADA,
    ASSERTION,
    DSIG,
    ENVELOPED,
    EXCLUSIVE,
    NOW,
    SIGNATURE,
    assertion_of,
    certificate,
    digest,
    forged_copy,
    response,
    seal,
    sign,
    signature_of,
    signed,
    written,
)
from matricula.sso.xml_signatures import Signed, require_same

C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
TYPED = (
    '<a:Attribute Name="email"><a:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">ada@acme.example'
    "</a:AttributeValue>"
    "</a:Attribute>"
)


def after_signing(change, which="assertion", **changes):
    root = signed(which, **changes)
    change(root)
    return root


class TestWhatProvidersDo:
    @pytest.mark.parametrize("which", ["assertion", "response", "both"])
    def test_either_signature_is_enough_and_both_are_verified(self, which):
        assert believed(signed(which)).answer.subject == ADA

    @pytest.mark.parametrize("hashed", ["sha256", "sha384", "sha512"])
    @pytest.mark.parametrize("key", ["acme", "p256", "p384"])
    def test_strong_algorithms_are_accepted(self, key, hashed):
        root = response()
        sign(assertion_of(root), key, hashed=hashed)
        assert believed(root, certificates=(certificate(key),)).answer.subject == ADA

    @pytest.mark.parametrize(
        "key_info", ["", "<ds:KeyName>k</ds:KeyName>", "<ds:KeyValue><x/></ds:KeyValue>"]
    )
    def test_what_a_signature_says_of_its_key_is_not_looked_at(self, key_info):
        root = response()
        sign(assertion_of(root), key_info=key_info)
        assert believed(root).answer.subject == ADA

    def test_the_next_certificate_counts_beside_the_present_one(self):
        both = (certificate(), certificate("next"))
        assert believed(signed(key="next"), certificates=both).fingerprint == certificate("next").fingerprint
        assert believed(signed(), certificates=both).fingerprint == certificate().fingerprint

    def test_a_pinned_certificate_counts_past_its_end(self):
        ended = certificate(ended=True)
        assert ended.not_after < NOW
        assert believed(signed(), certificates=(ended,)).fingerprint == ended.fingerprint

    @pytest.mark.parametrize("which", ["assertion", "both"])
    def test_prefixes_named_for_canonicalization_are_kept(self, which):
        """Okta and Shibboleth name `xs`, which only the value of an attribute uses."""
        root = response(attributes=TYPED)
        sign(assertion_of(root), prefixes="xs")
        if which == "both":
            sign(root, prefixes="xs")
        assert believed(root).answer.values == {"email": (ADA,)}

    def test_the_inner_signature_is_verified_in_what_the_outer_one_signed(self):
        """A namespace that the outer one left out is not there for the inner one: nobody real writes so."""
        root = response(attributes=TYPED)
        sign(sign(assertion_of(root), prefixes="xs").getparent())
        assert refused(root) == "digest"

    def test_a_response_written_on_many_lines_is_read(self):
        root = response()
        etree.indent(root)
        sign(sign(assertion_of(root)).getparent())
        assert believed(root).answer.subject == ADA


class TestWhoseKey:
    def test_an_answer_nobody_signed_opens_nothing(self):
        assert refused(response()) == "signed"

    @pytest.mark.parametrize("claims", ["mallory", "acme"])
    def test_another_key_opens_nothing_whatever_certificate_it_shows(self, claims):
        root = response()
        sign(assertion_of(root), "mallory", claims=claims)
        assert refused(root) == "signature"

    def test_a_secret_made_of_the_certificate_is_no_key(self):
        root = response()
        sign(assertion_of(root), hmac=True)
        assert refused(root) == "signature_algorithm"

    @pytest.mark.parametrize("key", ["p521", "short"])
    def test_weak_and_strange_keys_open_nothing(self, key):
        root = response()
        sign(assertion_of(root), key, claims="acme")
        assert refused(root, certificates=(certificate(key),)) == "signature"

    def test_a_connection_without_certificates_opens_nothing(self):
        assert refused(signed(), certificates=()) == "signature"

    @pytest.mark.parametrize(
        ("hashed", "digested", "code"),
        [
            ("sha1", "sha256", "signature_algorithm"),
            ("sha256", "sha1", "digest_algorithm"),
            ("sha1", "", "signature_algorithm"),
        ],
    )
    def test_sha_1_is_refused_and_named(self, hashed, digested, code):
        root = response()
        sign(assertion_of(root), hashed=hashed, digested=digested)
        with pytest.raises(AnswerRefused) as caught:
            believed(root)
        assert caught.value.code == code
        assert caught.value.checks[-1].seen.endswith("sha1")

    def test_an_elliptic_signature_is_not_tried_with_an_rsa_key(self):
        root = response()
        sign(assertion_of(root), "p256")
        assert refused(root) == "signature"

    def test_in_both_signatures_both_keys_must_be_known(self):
        root = response()
        sign(sign(assertion_of(root), "mallory").getparent())
        assert refused(root) == "signature"
        root = response()
        sign(sign(assertion_of(root)).getparent(), "mallory")
        assert refused(root) == "signature"


class TestWhatWasChanged:
    @pytest.mark.parametrize("which", ["assertion", "response", "both"])
    def test_a_name_changed_after_signing_is_refused(self, which):
        raw = written(signed(which)).replace(ADA.encode() + b"</a:NameID>", b"eve@acme.example</a:NameID>")
        assert refused(raw) == "digest"

    def test_an_outer_signature_that_broke_is_not_passed_over(self):
        root = after_signing(lambda root: root.set("IssueInstant", "2020-01-01T00:00:00Z"), "both")
        assert refused(root) == "digest"

    def test_what_is_added_after_signing_is_refused(self):
        root = after_signing(
            lambda root: etree.SubElement(assertion_of(root).find(f".//{ASSERTION}NameID"), "x")
        )
        assert refused(root) == "digest"

    def test_prefixes_added_after_signing_are_refused(self):
        def add(root):
            transform = list(root.iter(SIGNATURE + "Transform"))[1]
            etree.SubElement(transform, f"{{{EXCLUSIVE}}}InclusiveNamespaces", PrefixList="xs")

        assert refused(after_signing(add)) == "signature"

    def test_a_value_that_is_no_base64_is_refused(self):
        for name in ("SignatureValue", "DigestValue"):
            root = after_signing(
                lambda root, name=name: setattr(next(root.iter(SIGNATURE + name)), "text", "é?")
            )
            assert refused(root) == "signature"

    def test_what_was_digested_is_what_was_asked_about(self):
        """Should signxml ever take another element for it."""
        asked = assertion_of(response())
        for other in (asked.getparent(), forged_copy(asked)):
            with pytest.raises(AnswerRefused, match="signature"):
                require_same(asked, Signed(other, certificate().fingerprint), Checks())


class TestShape:
    """Each is sealed by the right key: it is refused for its shape, not for its value."""

    @staticmethod
    def resealed(change, **how):
        root = response()
        signature = signature_of(sign(assertion_of(root), **how))
        change(signature)
        seal(signature)
        return root

    @pytest.mark.parametrize(
        "transforms",
        [
            (EXCLUSIVE,),
            (ENVELOPED,),
            (EXCLUSIVE, ENVELOPED),
            (ENVELOPED, C14N),
            (ENVELOPED, C14N + "#WithComments"),
            (ENVELOPED, EXCLUSIVE + "WithComments"),
            (ENVELOPED, EXCLUSIVE, "http://www.w3.org/TR/1999/REC-xslt-19991116"),
            (ENVELOPED, "http://www.w3.org/TR/1999/REC-xpath-19991116"),
            (ENVELOPED, "http://www.w3.org/2002/06/xmldsig-filter2"),
            (ENVELOPED, f"{DSIG}base64"),
        ],
    )
    def test_other_transforms_are_refused(self, transforms):
        root = response()
        sign(assertion_of(root), transforms=transforms)
        assert refused(root) == ("signature_transforms" if len(transforms) == 2 else "signature_shape")

    def test_another_canonicalization_of_what_was_signed_is_refused(self):
        root = response()
        sign(assertion_of(root), canonicalization=C14N)
        assert refused(root) == "signature_transforms"

    def test_transforms_and_methods_have_no_parameters(self):
        def into(name, tag, nth=0):
            return lambda signature: etree.SubElement(list(signature.iter(SIGNATURE + name))[nth], tag)

        assert refused(self.resealed(into("Transform", SIGNATURE + "XPath"))) == "signature_transforms"
        assert refused(self.resealed(into("Transform", SIGNATURE + "Transform", 1))) == "signature_transforms"
        assert (
            refused(self.resealed(into("SignatureMethod", SIGNATURE + "HMACOutputLength")))
            == "signature_shape"
        )
        assert refused(self.resealed(into("DigestMethod", SIGNATURE + "X"))) == "signature_shape"
        assert refused(self.resealed(into("DigestValue", SIGNATURE + "X"))) == "signature_shape"

    def test_hundreds_of_prefixes_are_refused(self):
        root = response()
        sign(assertion_of(root), prefixes=" ".join(f"p{n}" for n in range(21)))
        assert refused(root) == "signature_transforms"

    def test_an_object_in_a_signature_is_refused(self):
        assert (
            refused(self.resealed(lambda one: etree.SubElement(one, SIGNATURE + "Object")))
            == "signature_shape"
        )

    def test_a_second_reference_is_refused(self):
        def add(signature):
            info = signature.find(SIGNATURE + "SignedInfo")
            info.append(copy.deepcopy(info.find(SIGNATURE + "Reference")))

        assert refused(self.resealed(add)) == "signature_shape"

    @pytest.mark.parametrize("name", ["SignedInfo", "SignatureValue"])
    def test_a_second_part_of_any_kind_is_refused(self, name):
        def add(signature):
            signature.append(copy.deepcopy(signature.find(SIGNATURE + name)))

        assert refused(self.resealed(add)) == "signature_shape"

    def test_an_empty_signature_is_refused(self):
        def empty(root):
            for child in list(signature_of(assertion_of(root))):
                child.getparent().remove(child)

        assert refused(after_signing(empty)) == "signature_shape"

    @pytest.mark.parametrize(
        "uri", ["", "#", "#_r1", "##_a1", "_a1", "#xpointer(id('_a1'))", "https://evil.example/#_a1"]
    )
    def test_a_reference_to_anything_else_is_refused(self, uri):
        root = response()
        sign(assertion_of(root), uri=uri)
        assert refused(root) == "signature_reference"

    def test_a_reference_without_address_is_refused(self):
        root = self.resealed(
            lambda signature: next(signature.iter(SIGNATURE + "Reference")).attrib.pop("URI")
        )
        assert refused(root) == "signature_reference"

    def test_an_element_without_id_cannot_be_signed(self):
        root = response()
        del assertion_of(root).attrib["ID"]
        sign(assertion_of(root))
        assert refused(root) == "signature_reference"

    def test_a_relative_namespace_whose_canonical_form_is_void_is_refused(self):
        """libxml2 refuses to canonicalize it; a careless reader then digests nothing."""
        root = signed()
        next(root.iter(SIGNATURE + "DigestValue")).text = digest(b"")
        seal(signature_of(assertion_of(root)))
        raw = written(root).replace(b"<a:Assertion ", b'<a:Assertion xmlns:v="relative" ', 1)
        assert refused(raw.replace(b"ada@acme", b"eve@acme")) in ("signature", "digest")
