"""A mail server of its own on loopback, with a mailbox that letters come back to."""

import getpass
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from imapclient import IMAPClient

CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = no
disable_plaintext_auth = no
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
mail_location = maildir:{folder}/mail
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail
}}
"""
USER, PASSWORD = "bounces", "secret"


class Mailbox:
    """What a person with the password may do."""

    def __init__(self, port):
        self.port = port
        self.url = f"imap://{USER}:{PASSWORD}@127.0.0.1:{port}/INBOX"

    def opened(self):
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=10)
        client.login(USER, PASSWORD)
        return client

    def receive(self, *contents):
        with self.opened() as client:
            for content in contents:
                client.append("INBOX", content)

    def flags(self):
        with self.opened() as client:
            client.select_folder("INBOX", readonly=True)
            seen = client.fetch(client.search(), ["FLAGS"]) if client.search() else {}
            return [set(one[b"FLAGS"]) - {b"\\Recent"} for one in seen.values()]


def users():
    """Whom the server runs as: its own users when we are root, else us."""
    if os.geteuid() == 0:
        mail = pwd.getpwnam("nobody")
        return {"internal": "dovecot", "group": "dovecot", "login": "dovenull"}, mail.pw_uid, mail.pw_gid
    name, group = getpass.getuser(), grp.getgrgid(os.getegid()).gr_name
    return {"internal": name, "group": group, "login": name}, os.geteuid(), os.getegid()


@pytest.fixture(scope="module")
def dovecot():
    program = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("LEFT OUT: reading a real mailbox, because dovecot is not installed.")
    folder = Path(tempfile.mkdtemp(prefix="dc", dir="/tmp"))
    folder.chmod(0o755)
    names, uid, gid = users()
    (folder / "mail").mkdir()
    os.chown(folder / "mail", uid, gid)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    values = {"folder": folder, "port": port, "uid": uid, "gid": gid, **names}
    (folder / "conf").write_text(CONFIGURATION.format(**values))
    server = subprocess.Popen([program, "-F", "-c", str(folder / "conf")], stderr=subprocess.DEVNULL)
    try:
        yield answering(Mailbox(port), folder)
    finally:
        server.terminate()
        server.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def answering(mailbox, folder):
    for _ in range(100):
        try:
            with mailbox.opened():
                return mailbox
        except Exception:
            time.sleep(0.1)
    pytest.fail((folder / "log").read_text() if (folder / "log").exists() else "dovecot says nothing")


@pytest.fixture
def mailbox(dovecot, settings):
    """Empty, and named by MATRICULA_BOUNCE_MAILBOX."""
    with dovecot.opened() as client:
        client.select_folder("INBOX")
        if client.search():
            client.delete_messages(client.search())
            client.expunge()
    settings.BOUNCE_MAILBOX = dovecot.url
    return dovecot
