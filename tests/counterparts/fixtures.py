"""Identity providers that others wrote: a fixture each, begun when first asked for."""

from pathlib import Path

import pytest

from tests.counterparts.providers import OpenIdProvider, SamlProvider
from tests.counterparts.running import (
    HERE,
    LOOPBACK,
    free_port,
    leave_out,
    on_node,
    on_python,
    openid_mock,
    running,
    wait_until_open,
    write_keys,
)

SIMPLESAMLPHP = Path("/usr/share/simplesamlphp/www")


@pytest.fixture
def loopback(settings):
    """An operator who lets the site ask providers on this machine."""
    settings.PRIVATE_NETWORKS = LOOPBACK


@pytest.fixture(scope="session")
def _openid_provider(tmp_path_factory):
    with on_node("oidc-provider", "openid_provider.mjs", tmp_path_factory.mktemp("openid")) as address:
        yield OpenIdProvider(address, registers=True)


@pytest.fixture
def openid_provider(_openid_provider, loopback):
    """npm oidc-provider: a log-in page, consent, PKCE required, RFC 9207."""
    return _openid_provider


@pytest.fixture(scope="session")
def _bending_provider(tmp_path_factory):
    with on_node("oauth2-mock-server", "bending_provider.mjs", tmp_path_factory.mktemp("bent")) as address:
        yield OpenIdProvider(address)


@pytest.fixture
def bending_provider(_bending_provider, loopback):
    """npm oauth2-mock-server: it asks nobody anything, and its tokens are bent by `bend`."""
    _bending_provider.bend()
    return _bending_provider


@pytest.fixture
def mock_provider(monkeypatch, settings):
    """PyPI oidc-provider-mock, in a thread."""
    people = {who: {"email": f"{who}@nordlicht.example", "name": who.title()} for who in ("ada", "olga")}
    with openid_mock(monkeypatch, settings, people, "127.0.0.1") as issuer:
        yield OpenIdProvider(issuer)


@pytest.fixture(scope="session")
def samlp_provider(tmp_path_factory):
    """npm samlp: it signs the assertion."""
    with on_node("samlp", "samlp_provider.mjs", tmp_path_factory.mktemp("samlp")) as address:
        yield SamlProvider(address)


@pytest.fixture(scope="session")
def samlify_provider(tmp_path_factory):
    """npm samlify: another writer of the assertion, and the only one that may leave AuthnStatement out."""
    with on_node("samlify", "samlify_provider.mjs", tmp_path_factory.mktemp("samlify")) as address:
        yield SamlProvider(address)


@pytest.fixture(scope="session")
def simplesamlphp(tmp_path_factory):
    """Debian's SimpleSAMLphp: a log-in page, and both Response and assertion signed."""
    if not SIMPLESAMLPHP.is_dir():
        leave_out("Debian simplesamlphp", "it is not installed")
    folder, port = tmp_path_factory.mktemp("simplesamlphp"), free_port()
    address = f"http://127.0.0.1:{port}"
    (folder / "tmp").mkdir()
    write_keys(folder)
    command = ["php", "-S", f"127.0.0.1:{port}", "-t", str(SIMPLESAMLPHP)]
    configured = {"SIMPLESAMLPHP_CONFIG_DIR": str(HERE / "simplesamlphp"), "FOLDER": str(folder)}
    with running(command, folder, ADDRESS=address, **configured) as process:
        wait_until_open(port, process)
        yield SamlProvider(address, "/saml2/idp/metadata.php", folder / "trusted.json")


@pytest.fixture(scope="session")
def pysaml2_provider(tmp_path_factory):
    """PyPI pysaml2, by the program xmlsec1: both are signed, by yet another writer."""
    folder = tmp_path_factory.mktemp("pysaml2")
    with on_python("pysaml2", "pysaml2_provider.py", folder) as address:
        yield SamlProvider(address, trusted=folder / "trusted.json")


@pytest.fixture
def saml_provider(request, page):
    """For browsers: SimpleSAMLphp, whose last page has a button only for who has JavaScript; else samlp."""
    return request.getfixturevalue("simplesamlphp" if page.size == "desktop" else "samlp_provider")
