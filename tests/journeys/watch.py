"""A page that is watched: what the browser complains about, and what every answer must carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response

from trueline.web.middleware import HEADERS

_TELL_OF_BROKEN_POLICY = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy broken: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
});
"""
_ANSWERED = "Failed to load resource: the server responded with a status of "


@dataclass
class Watched:
    """What a context's pages have met so far.

    Attributes:
        complaints: Errors of the console and of scripts, broken policies.
        answers: Status by address, in order.
        bare: Answers without a header that every answer must carry.
    """

    origin: str
    complaints: list[str] = field(default_factory=list)
    answers: list[tuple[str, int]] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)

    def heard(self, message: ConsoleMessage) -> None:
        """A refusal that a test asked for is in `answers`; everything else of the console counts."""
        if message.type in ("error", "warning") and not message.text.startswith(_ANSWERED):
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")

    def answered(self, response: Response) -> None:
        """Look at the headers of everything that the product sent."""
        if not response.url.startswith(self.origin):
            self.complaints.append(f"asked somebody else: {response.url}")
            return
        self.answers.append((urlsplit(response.url).path, response.status))
        lacking = [name for name, value in HEADERS.items() if response.headers.get(name.lower()) != value]
        if lacking:
            self.bare.append(f"{response.status} {response.url}: {', '.join(lacking)}")


def watch(context: BrowserContext, origin: str) -> Watched:
    """Watch every page that the context opens from now on."""
    watched = Watched(origin)
    context.add_init_script(_TELL_OF_BROKEN_POLICY)
    context.on("console", watched.heard)
    context.on("weberror", lambda error: watched.complaints.append(str(error.error)))
    context.on("response", watched.answered)
    return watched


NewPage = Callable[..., Page]
