"""What a student does in JupyterLab, in a real browser: fetch, validate, submit, fetch feedback."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Browser, Page

PATIENCE_MS = 300_000


class Lab:
    """One student's JupyterLab in a tab of its own."""

    def __init__(
        self, browser: Browser, url: str, name: str, password: str, pictures: Path | None = None
    ) -> None:
        self._url, self._name, self._password, self._pictures = url, name, password, pictures
        context = browser.new_context(viewport={"width": 1200, "height": 720}, color_scheme="light")
        context.set_default_timeout(PATIENCE_MS)
        self.page: Page = context.new_page()

    def open(self) -> None:
        """Log in, start the server, and open the list of assignments."""
        page = self.page
        page.goto(f"{self._url}/hub/login?next=/hub/spawn")
        page.fill("#username_input", self._name)
        page.fill("#password_input", self._password)
        page.click("#login_submit")
        page.wait_for_url(f"**/user/{self._name}/lab**")
        page.get_by_role("menuitem", name="Nbgrader").click()
        page.get_by_role("menuitem", name="Assignment List").click()
        page.locator("#assignments .list_item").first.wait_for()

    def fetch(self, chapter: str) -> None:
        self._row("released", chapter).get_by_role("button", name="Fetch").click()
        self._row("fetched", chapter).get_by_role("button", name="Submit").wait_for()
        self.picture("lab-assignments")

    def validate(self, path: str) -> str:
        """Open a notebook, press Validate, and return what the dialog says."""
        page = self.page
        page.goto(f"{self._url}/user/{self._name}/lab/tree/{path}")
        button = page.get_by_role("button", name="Validate")
        button.wait_for()
        self._idle()
        button.click()
        dialog = page.locator(".jp-Dialog", has_text="Validation Results")
        dialog.wait_for()
        text = dialog.inner_text()
        self.picture("lab-validate")
        dialog.get_by_role("button", name="OK").click()
        return text

    def _idle(self) -> None:
        """Validating saves first, which needs the notebook to be loaded."""
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for()

    def list(self) -> None:
        """Open the list of assignments again."""
        self.page.goto(f"{self._url}/user/{self._name}/lab")
        self.page.get_by_role("menuitem", name="Nbgrader").click()
        self.page.get_by_role("menuitem", name="Assignment List").click()
        self.page.locator("#assignments .list_item").first.wait_for()

    def submit(self, chapter: str) -> float:
        """Submit and return when that was done, by the clock of this program."""
        rows = self.page.locator("#submitted_assignments_list .nested_list_item")
        before = rows.count()
        self._row("fetched", chapter).get_by_role("button", name="Submit").click()
        while rows.count() <= before:
            self.page.wait_for_timeout(50)
        return time.monotonic()

    def feedback(self, chapter: str) -> float:
        """Refresh the list until all feedback is there, fetch it, and return when it was."""
        page = self.page
        row = page.locator("#submitted_assignments_list .list_item", has_text=chapter).first
        ends = time.monotonic() + PATIENCE_MS / 1000
        while time.monotonic() < ends:
            page.click("#refresh_assignments_list")
            page.wait_for_timeout(300)
            page.locator("#submitted_assignments_list .nested_list_item").first.wait_for()
            waiting = page.locator("#submitted_assignments_list .nested_list_item").all_inner_texts()
            if waiting and all("feedback" in text for text in waiting):
                break
        row.get_by_role("button", name="Fetch Feedback").click()
        page.get_by_text("(view feedback)").first.wait_for()
        done = time.monotonic()
        self.picture("lab-feedback")
        return done

    def _row(self, kind: str, chapter: str):
        return self.page.locator(f"#{kind}_assignments_list .list_item", has_text=chapter).first

    def picture(self, name: str) -> None:
        if self._pictures is not None:
            self.page.screenshot(path=str(self._pictures / f"{name}.png"))
