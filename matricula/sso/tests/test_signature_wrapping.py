"""XML signature wrapping: Somorovsky and others, On Breaking SAML (2012), as SAML Raider numbers it."""

import copy

import pytest
from lxml import etree

from matricula.sso.tests.judging import refused
from matricula.sso.tests.minting import (
    ASSERTION,
    ISSUER,
    MALLORY,
    MORE,
    PROTOCOL,
    SIGNATURE,
    assertion_of,
    forged_copy,
    response,
    sign,
    signature_of,
    signed,
)


def put_aside(*, inside: bool):
    root = signed("response")
    original = copy.deepcopy(root)
    original.remove(signature_of(original))
    root.set("ID", "_evilr")
    root.replace(assertion_of(root), forged_copy(assertion_of(root)))
    if inside:
        signature_of(root).append(original)
    else:
        signature_of(root).addprevious(original)
    return root


def test_1_and_2_the_signed_response_put_aside():
    assert refused(put_aside(inside=True)) == "one_assertion"
    assert refused(put_aside(inside=False)) == "one_assertion"


def test_3_and_4_the_signed_assertion_put_beside_or_below():
    root = signed()
    assertion_of(root).addprevious(forged_copy(assertion_of(root)))
    assert refused(root) == "one_assertion"
    root = signed()
    genuine = assertion_of(root)
    forged = forged_copy(genuine)
    root.replace(genuine, forged)
    forged.append(genuine)
    assert refused(root) == "one_assertion"


@pytest.mark.parametrize("within", [False, True])
def test_5_and_6_the_signature_moved_into_the_forged_one(within):
    root = signed()
    genuine = assertion_of(root)
    forged, signature = forged_copy(genuine), copy.deepcopy(signature_of(genuine))
    genuine.remove(signature_of(genuine))
    forged.insert(1, signature)
    root.replace(genuine, forged)
    (signature if within else root).append(genuine)
    assert refused(root) == "one_assertion"


@pytest.mark.parametrize("identifier", ["_a1", "_evil"])
def test_7_the_forged_one_in_extensions(identifier):
    root = signed()
    extensions = etree.Element(PROTOCOL + "Extensions")
    extensions.append(forged_copy(assertion_of(root), identifier))
    root.insert(0, extensions)
    assert refused(root) == ("xml_duplicate_id" if identifier == "_a1" else "one_assertion")


def test_8_the_signed_one_in_an_object():
    root = signed()
    genuine = assertion_of(root)
    forged, signature = forged_copy(genuine), signature_of(genuine)
    genuine.remove(signature)
    root.replace(genuine, forged)
    etree.SubElement(signature, SIGNATURE + "Object").append(genuine)
    forged.insert(1, signature)
    assert refused(root) == "one_assertion"


@pytest.mark.parametrize("first", [True, False])
def test_the_same_id_twice_is_refused(first):
    root = signed()
    forged = forged_copy(assertion_of(root), "")
    (assertion_of(root).addprevious if first else assertion_of(root).addnext)(forged)
    assert refused(root) == "xml_duplicate_id"


@pytest.mark.parametrize("name", ["id", "Id", "iD", "{http://www.w3.org/XML/1998/namespace}id", "{urn:x}ID"])
def test_an_id_by_any_other_name_is_an_id(name):
    root = signed()
    root.find(PROTOCOL + "Status").set(name, "_a1")
    assert refused(root) == "xml_duplicate_id"


def test_two_assertions_are_refused_though_both_are_signed():
    root = response()
    second = copy.deepcopy(assertion_of(root))
    second.set("ID", "_a2")
    assertion_of(root).addnext(second)
    for one in root.findall(ASSERTION + "Assertion"):
        sign(one)
    assert refused(root) == "one_assertion"
    assert refused(sign(root)) == "one_assertion"


def test_an_assertion_of_another_namespace_counts_too():
    root = response()
    etree.SubElement(root, "{urn:oasis:names:tc:SAML:1.0:assertion}Assertion")
    assert refused(sign(root)) == "one_assertion"


def test_an_assertion_in_signed_advice_is_refused():
    root = response()
    etree.SubElement(assertion_of(root), ASSERTION + "Advice").append(forged_copy(assertion_of(root)))
    sign(assertion_of(root))
    assert refused(root) == "one_assertion"


def test_an_assertion_elsewhere_than_in_the_response_is_refused():
    root = signed()
    etree.SubElement(root, PROTOCOL + "Extensions").append(assertion_of(root))
    assert refused(root) == "one_assertion"


def test_the_signature_of_the_assertion_moved_to_the_response_is_refused():
    root = signed()
    root.insert(1, signature_of(assertion_of(root)))
    assert refused(root) == "signature_reference"


@pytest.mark.parametrize("place", ["Status", "Subject", "AttributeValue"])
def test_a_signature_anywhere_else_is_refused(place):
    root = signed()
    element = next(one for one in root.iter() if one.tag.endswith(place))
    element.append(copy.deepcopy(signature_of(assertion_of(root))))
    assert refused(root) == "signature_place"


def test_two_signatures_of_one_element_are_refused():
    root = signed()
    assertion_of(root).append(copy.deepcopy(signature_of(assertion_of(root))))
    assert refused(root) == "signature_place"


def test_a_signature_of_another_namespace_is_refused():
    root = signed()
    etree.SubElement(root, "{urn:x}Signature")
    assert refused(root) == "signature_place"


def test_a_signature_of_mallorys_wrapped_around_adas_answer_adds_nothing():
    root = signed("both")
    forged = forged_copy(root, "")
    sign(assertion_of(forged), "mallory", claims="acme")
    assert refused(forged) == "signature"


def test_a_signed_response_vouches_for_its_assertion_only_as_it_stands():
    root = signed("response")
    next(root.iter(ASSERTION + "NameID")).text = MALLORY
    assert refused(root) == "digest"
    assert refused(signed("response", issuer="<a:Issuer>https://evil.example/</a:Issuer>")) == "issuer"


def test_a_signed_document_of_another_kind_is_no_answer():
    """Metadata is signed by the same key."""
    root = etree.fromstring(
        f'<EntityDescriptor xmlns="urn:x" ID="_m1" entityID="{ISSUER}"><a/></EntityDescriptor>'
    )
    assert refused(sign(root)) == "response"
    root = signed("both")
    root.tag = PROTOCOL + "ArtifactResponse"
    assert refused(root) == "response"


def test_an_algorithm_that_nobody_knows_is_refused():
    root = signed()
    next(root.iter(SIGNATURE + "SignatureMethod")).set("Algorithm", f"{MORE}rsa-sha999")
    assert refused(root) == "signature_algorithm"
    del next(root.iter(SIGNATURE + "SignatureMethod")).attrib["Algorithm"]
    assert refused(root) == "signature_algorithm"
