"""A headless Chromium that reaches 127.0.0.1 and nothing else, and tells what it asked for."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, TypeVar, cast

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,900",
    # Every other name fails to resolve, so a page that leans on another host breaks visibly.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
REQUEST_EVENTS = ("Network.requestWillBeSent", "Network.webSocketCreated")

Found = TypeVar("Found")


class Browser:
    """One browser window. `requests` and `console` grow as the page works."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver
        self._requests: list[str] = []
        self._console: list[dict[str, str]] = []

    def open(self, url: str) -> None:
        self.driver.get(url)

    def wait(self, condition: Callable[[], Found], what: str, seconds: float = 20) -> Found:
        """Return the first truthy result of `condition`; fail naming `what` after `seconds`."""
        return WebDriverWait(self.driver, seconds, poll_frequency=0.1).until(lambda _: condition(), what)

    def find(self, css: str) -> WebElement:
        """Return the first visible element, waiting for it."""

        def visible() -> WebElement | None:
            elements = self.driver.find_elements(By.CSS_SELECTOR, css)
            return next((element for element in elements if element.is_displayed()), None)

        element = self.wait(visible, f"no visible element {css}")
        assert element is not None
        return element

    def click(self, css: str) -> None:
        self.find(css).click()

    def run(self, script: str, *arguments: object) -> object:
        """Return what the JavaScript function body returns."""
        return self.driver.execute_script(script, *arguments)

    def requests(self) -> list[str]:
        """Return every URL asked of a network so far, in order: data: and the browser's own are left out."""
        for entry in self._log("performance"):
            event = json.loads(entry["message"])["message"]
            if event["method"] in REQUEST_EVENTS:
                parameters = event["params"]
                self._requests.append(parameters.get("url") or parameters["request"]["url"])
        return [url for url in self._requests if not url.startswith(("data:", "chrome:"))]

    def severe(self) -> list[str]:
        """Return the console's errors so far, failed requests and CSP violations among them."""
        self._console += self._log("browser")
        return [entry["message"] for entry in self._console if entry["level"] == "SEVERE"]

    def forget(self) -> None:
        """Drop what `requests` and `severe` have collected."""
        self.requests()
        self.severe()
        self._requests, self._console = [], []

    def _log(self, kind: str) -> list[dict[str, str]]:
        """Return the entries of a log since the last call."""
        return cast(list[dict[str, str]], self.driver.get_log(kind))  # type: ignore[no-untyped-call]

    def screenshot(self, path: Path) -> None:
        assert self.driver.save_screenshot(str(path))


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Yield a browser with a fresh profile; skip without Chromium, but fail where CI is set."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    chromedriver = shutil.which("chromedriver")
    if chromium is None or chromedriver is None:
        absent("chromium or chromedriver is not installed")
    with tempfile.TemporaryDirectory(prefix="gateway-browser-", ignore_cleanup_errors=True) as profile:
        options = ChromeOptions()
        options.binary_location = chromium
        for argument in (*ARGUMENTS, f"--user-data-dir={profile}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        driver = Chrome(options=options, service=ChromeService(executable_path=chromedriver))
        try:
            yield Browser(driver)
        finally:
            driver.quit()


def absent(what: str) -> NoReturn:
    """Skip the test for want of a tool, or fail it where CI promises to have the tool."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)
