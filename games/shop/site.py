"""The shop as web pages: the same goals, the same rules and the same reward, for agents that use a browser.

A small server on loopback (aiohttp: ``pip install 'kibitz[web]'``) shows the page of ``html`` for each episode and
plays what its forms send. Pages work without scripts, and there are none. An episode has an address of its own that
nobody can guess; what is played is a ``WebShop`` like any other, so truths, positions and rewards are those of the text
game.

The address of a page ends in the number of actions so far. A page that a browser has gone back to, or a button that was
clicked twice, so cannot act again: its address is old, and leads to the page where the episode is.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from html import escape
from types import TracebackType
from typing import Self

from aiohttp import web

from kibitz.games.actions import Illegal
from kibitz.games.game import Outcome
from kibitz.games.shop import html
from kibitz.games.shop.shop import WebShop
from kibitz.games.shop.sitestyle import STYLE

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Of every answer: nothing is executed, nothing is loaded from elsewhere, nothing is kept or framed."""

LARGEST_FORM = 64 * 1024
"""Bytes of what a form sends; the longest query has 300 characters."""

MOST_EPISODES = 10_000


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class SiteError(RuntimeError):
    """A site was asked for what it cannot do: it is full, cannot run, or does not know the episode."""


@dataclass(slots=True)
class Episode:
    """An episode that is played on the site.

    Attributes:
        game: The game; look at it, but do not play it.
        url: Where its pages are; who knows it plays the episode.
        token: Names it.
        notice: What to say on the next page: why the last click did nothing.
        ended: Set when it has ended, or was closed.
    """

    game: WebShop
    url: str
    token: str
    notice: str = ""
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def steps(self) -> int:
        """How many actions there were."""
        return len(self.game.position()["actions"])


class Site:
    """A web shop on loopback, for as long as the block lasts: ``async with Site() as site``.

    Args:
        port: Of the server; 0 for any that is free.
        options: Of the game ``webshop``, such as ``catalogue``, ``rules`` and ``steps``; its ``renderer`` changes
            nothing here.

    Raises:
        OptionError: An option is unknown or its value is not allowed.
        SiteError: On entering: the port is taken.
    """

    def __init__(self, *, port: int = 0, **options: object) -> None:
        self._options = dict(WebShop(**options).options)
        self._port = port
        self._episodes: dict[str, Episode] = {}
        self._runner: web.AppRunner | None = None
        self._hosts: frozenset[str] = frozenset()
        self._address = ""

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._guarded], client_max_size=LARGEST_FORM)
        app.router.add_get("/style.css", _style)
        app.router.add_get("/{token}/{step:[0-9]{1,6}}", self._page)
        app.router.add_post("/{token}/{step:[0-9]{1,6}}", self._act)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            self._runner = None
            raise SiteError(f"port {self._port} cannot be had ({error.strerror}); use port=0 for any") from error
        port = self._runner.addresses[0][1]
        self._address = f"http://127.0.0.1:{port}"
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()
        self._runner = None
        for token in tuple(self._episodes):
            self.close(token)

    # -- episodes --------------------------------------------------------------------------------------------------

    def open(self, task: str | None = None, seed: int = 0) -> Episode:
        """Start an episode; what it takes is kept until ``close``.

        Args:
            task: The goal, as in ``WebShop.tasks``; without it the ``seed``-th of the tasks, counted round.
            seed: See ``task``.

        Raises:
            DataError: There is no such goal.
            SiteError: The site does not run, or holds too many episodes.
        """
        if self._runner is None:
            raise SiteError("the site does not run; open episodes within `async with Site() as site`")
        if len(self._episodes) >= MOST_EPISODES:
            raise SiteError(f"the site holds {MOST_EPISODES} episodes; close those that have ended")
        game = WebShop(**self._options)
        game.reset(seed, task)
        token = secrets.token_urlsafe(16)
        episode = Episode(game, f"{self._address}/{token}/0", token)
        self._episodes[token] = episode
        return episode

    def result(self, token: str) -> Outcome | None:
        """How an episode ended; None while it goes on.

        Raises:
            SiteError: There is no such episode.
        """
        return self._found(token).game.outcome()

    async def ended(self, token: str) -> Outcome:
        """How an episode ended, once it has.

        Raises:
            SiteError: There is no such episode, or it is closed before it has ended.
        """
        episode = self._found(token)
        await episode.ended.wait()
        outcome = episode.game.outcome()
        if outcome is None:
            raise SiteError("the episode was closed before it had ended")
        return outcome

    def close(self, token: str) -> None:
        """Forget an episode; its pages are gone, and nobody waits for its end any more.

        Raises:
            SiteError: There is no such episode.
        """
        episode = self._found(token)
        del self._episodes[token]
        episode.ended.set()

    def _found(self, token: str) -> Episode:
        episode = self._episodes.get(token)
        if episode is None:
            raise SiteError("there is no such episode; it was closed, or belongs to another site")
        return episode

    # -- requests --------------------------------------------------------------------------------------------------

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answers only who asks for this host and comes from it, with strict headers, and errors as pages."""
        try:
            origin = request.headers.get("Origin")
            if request.host not in self._hosts or origin not in (None, f"http://{request.host}"):
                raise web.HTTPForbidden
            answer = await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                error.headers.update(HEADERS)
                raise
            text = document(error.reason, f"<main><h1>{escape(error.reason)}</h1></main>")
            answer = web.Response(status=error.status, text=text, content_type="text/html")
        answer.headers.update(HEADERS)
        return answer

    def _asked(self, request: web.Request) -> Episode:
        """The episode of a request; who comes by an old address is led to the present one."""
        episode = self._episodes.get(request.match_info["token"])
        if episode is None:
            raise web.HTTPNotFound
        if int(request.match_info["step"]) != episode.steps:
            raise self._present(episode)
        return episode

    def _present(self, episode: Episode) -> web.HTTPSeeOther:
        return web.HTTPSeeOther(f"/{episode.token}/{episode.steps}")

    async def _page(self, request: web.Request) -> web.Response:
        episode = self._asked(request)
        notice, episode.notice = episode.notice, ""
        return web.Response(text=_shown(episode, notice), content_type="text/html")

    async def _act(self, request: web.Request) -> web.Response:
        episode = self._asked(request)
        if request.content_type != "application/x-www-form-urlencoded":
            raise web.HTTPUnsupportedMediaType
        try:
            form = await request.post()
        except (ValueError, LookupError) as error:  # no text in the encoding that it names, or no such encoding
            raise web.HTTPBadRequest from error
        if int(request.match_info["step"]) != episode.steps:
            raise self._present(episode)  # another request has acted while this one was read
        written, query = form.get("action"), form.get("query")
        action = written if isinstance(written, str) else f"search[{query}]" if isinstance(query, str) else ""
        episode.notice = _played(episode, action)
        raise self._present(episode)


def _played(episode: Episode, action: str) -> str:
    """Play an action; returns why nothing came of it, if so."""
    game = episode.game
    if not game.movers():
        return ""
    actions = game.observe(0).actions
    assert actions is not None
    read = actions.read(action)
    if isinstance(read, Illegal):
        return "That cannot be done on this page; a query has 1 to 300 characters."
    game.step({0: read})
    if not game.movers():
        episode.ended.set()
    return ""


def _shown(episode: Episode, notice: str) -> str:
    game = episode.game
    view, outcome = game.view, game.outcome()
    if outcome is not None and view.reward is None:
        body = f'<main class="over"><h1>The episode has ended</h1><p>{escape(outcome.reason)}</p></main>'
    else:
        body = html.page(view, f"/{episode.token}/{episode.steps}")
    status = f'<p role="status">{escape(notice)}</p>\n' if notice else ""
    return document(view.visit.page.capitalize(), f"{status}{body}")


def document(title: str, body: str) -> str:
    """A whole page.

    Args:
        title: Plain text.
        body: HTML.
    """
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} - WebShop</title>\n"
        '<link rel="stylesheet" href="/style.css">\n<link rel="icon" href="data:,">\n</head>\n'
        f'<body>\n<header><h1 class="shop">WebShop</h1></header>\n{body}\n</body>\n</html>\n'
    )


async def _style(request: web.Request) -> web.Response:
    return web.Response(text=STYLE, content_type="text/css")
