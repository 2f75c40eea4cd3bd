"""Walks the demonstration in a real browser and takes the pictures of docs/screenshots.

python tools/take_screenshots.py [FOLDER] [--dark] [--only WORD]
"""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import ARGUMENTS, CHROMIUM, SIZES

ROOT = Path(__file__).parents[1]
PASSWORD = "learning-together"


class Camera:
    """A browser window of one size, and where its pictures go."""

    def __init__(self, browser: Browser, base: str, folder: Path, size: str, scheme: str, only: str) -> None:
        context = browser.new_context(viewport=SIZES[size], color_scheme=scheme, base_url=base)
        self.page: Page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.folder, self.size, self.only = folder, size, only

    def open(self, path: str, name: str) -> None:
        self.page.goto(path)
        self.shoot(name)

    def press(self, name: str, role: str = "button") -> None:
        self.page.get_by_role(role, name=re.compile(f"^{name}$", re.I)).first.click()

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(label).first.fill(value)

    def shoot(self, name: str) -> None:
        if self.only in name:
            self.page.wait_for_load_state("networkidle")
            self.page.screenshot(path=self.folder / f"{name}-{self.size}.png", full_page=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def letters(base: str) -> list[dict[str, str]]:
    with urllib.request.urlopen(f"{base}/_mail/?format=json") as answer:
        return json.load(answer)


def code_for(base: str, address: str) -> str:
    for _ in range(60):
        for letter in letters(base):
            found = re.search(r"^\d{6}$", letter["text"], re.M)
            if letter["to"] == address and found:
                return found[0]
        time.sleep(0.5)
    raise SystemExit(f"no code came for {address}")


def visitor(camera: Camera, base: str, link: str, address: str) -> None:
    """From the invitation to the certificate."""
    camera.open(link, "welcome")
    camera.press("Join now")
    camera.shoot("browse")
    camera.page.locator(".card a").first.click()
    camera.shoot("specialization")
    camera.page.go_back()
    camera.page.get_by_role("link", name="Information security every day").click()
    camera.shoot("course")
    camera.press("Start")
    camera.shoot("account")
    camera.press("Link your account", "link")
    camera.shoot("link-account")
    camera.page.go_back()
    camera.fill("Full name", "Ada Okafor")
    camera.fill("Alternative e-mail", f"{camera.size}@home.example")
    camera.fill("Password", "short")
    camera.press("Sign up")
    camera.shoot("account-wrong")
    camera.fill("Password", "correct horse battery")
    camera.press("Sign up")
    camera.shoot("confirm")
    camera.page.get_by_label("Code").fill(code_for(base, address))
    camera.press("Confirm")
    camera.shoot("started")


def learner(camera: Camera) -> None:
    camera.page.get_by_role("link", name=re.compile("^(Begin|Go on)")).first.click()
    camera.shoot("lesson")
    for name in ("learn/", "certificates/", "account/"):
        camera.open("/" + name, "my-" + name.strip("/"))


def everybody(camera: Camera) -> None:
    for path in (
        "/account/log-in/",
        "/account/forgotten/",
        "/join/lost-letter/",
        "/nowhere/",
        "/_mail/",
        "/_design/",
    ):
        camera.open(path, path.strip("/").replace("/", "-"))
    camera.open("/join/" + "x" * 43 + "/", "unknown-link")


def log_in(camera: Camera, address: str) -> None:
    camera.page.context.clear_cookies()
    camera.page.goto("/account/log-in/")
    camera.page.get_by_label("E-mail", exact=True).fill(address)
    camera.press("Continue")
    camera.page.get_by_label("Password").fill(PASSWORD)
    camera.page.locator("main").get_by_role("button", name=re.compile("^log in$", re.I)).click()
    camera.page.wait_for_url(re.compile("/(learn|console)/$"))


def alumna(camera: Camera) -> None:
    """Somebody who left a company and kept the certificate."""
    log_in(camera, "ada.personal@home.example")
    camera.shoot("learn-alumna")
    camera.open("/certificates/", "certificates")
    camera.page.locator(".card a").first.click()
    camera.shoot("certificate")


def administrator(camera: Camera) -> None:
    log_in(camera, "bruno@nordlicht.example")
    camera.open("/console/nordlicht/", "console")
    paths = {link.get_attribute("href") for link in camera.page.locator(".console-nav a").all()}
    for path in sorted(filter(None, paths)):
        name = "console-" + path.removeprefix("/console/nordlicht/").strip("/").replace("/", "-")
        camera.open(path, name)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", nargs="?", default=str(ROOT / "docs/screenshots"), type=Path)
    arguments.add_argument("--dark", action="store_true")
    arguments.add_argument("--only", default="", help="a word in the name of the pictures wanted")
    given = arguments.parse_args()
    folder = Path(given.folder)
    folder.mkdir(parents=True, exist_ok=True)
    base = f"http://127.0.0.1:{free_port()}"
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        environment = {
            **os.environ,
            "MATRICULA_DEVELOPMENT": "true",
            "MATRICULA_DATA": data,
            "BASE_URL": base,
        }
        command = [sys.executable, "-m", "matricula", "demo", "--serve"]
        server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            walk(browser, base, folder, "dark" if given.dark else "light", given.only)
        finally:
            server.terminate()
            server.wait(timeout=20)


def walk(browser: Browser, base: str, folder: Path, scheme: str, only: str) -> None:
    wait_for(base)
    for size, first_name in (("desktop", "ada"), ("phone", "dana")):
        address = f"{first_name}@nordlicht.example"
        camera = Camera(browser, base, folder, size, scheme, only)
        everybody(camera)
        visitor(camera, base, link_for(base, address), address)
        learner(camera)
        alumna(camera)
        administrator(camera)


def wait_for(base: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{base}/healthz")
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the demonstration did not start")


def link_for(base: str, address: str) -> str:
    for _ in range(60):
        for letter in letters(base):
            found = re.search(r"/join/[\w-]{40,}/", letter["text"])
            if letter["to"] == address and found:
                return found[0]
        time.sleep(0.5)
    raise SystemExit(f"no invitation came for {address}")


if __name__ == "__main__":
    main()
