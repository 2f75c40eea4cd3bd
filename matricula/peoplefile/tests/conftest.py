import pytest


@pytest.fixture
def file(tmp_path):
    """Writes text or bytes to a file whose name says nothing."""

    def write(content):
        place = tmp_path / "upload"
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return place

    return write
