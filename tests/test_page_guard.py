"""Who can reach the chat page: whoever has its address, from this machine, and no other page."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from standin import client

from bot.playground import Playground
from bot.playground.page import Page

pytestmark = pytest.mark.asyncio
EVIL = "https://evil.example"
START = {"action": "say", "person": 1, "text": "/start"}


class Site(Playground):
    """A stand-in with its page, as `milia-bot` serves it, and a plain client beside it."""

    page: Page
    http: httpx.AsyncClient

    async def do(self, about: dict[str, Any], **headers: str) -> httpx.Response:
        origin = {"origin": self.url} | headers
        return await self.http.post(f"{self.page.url}do", json=about, headers=origin)


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    server = Site(driven=False)
    server.page = Page(server)
    server.mount(*server.page.routes())
    async with server, client() as server.http:
        yield server
        server.page.close()


async def test_the_page_comes_with_a_policy_that_lets_nothing_in(site: Site) -> None:
    for name in ("", "main.js", "base.css", "icon.svg"):
        answer = await site.http.get(site.page.url + name)
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in answer.headers


async def test_nothing_in_the_page_is_inline_or_from_elsewhere(site: Site) -> None:
    text = (await site.http.get(site.page.url)).text
    assert " style=" not in text
    assert "<script>" not in text
    assert " on" not in text.replace(" one", "").replace(" on ", "")
    assert "http://" not in text
    assert "https://" not in text


@pytest.mark.parametrize("name", ["", "events?person=1", "do", "main.js"])
async def test_without_the_key_there_is_nothing(site: Site, name: str) -> None:
    wrong = f"{site.url}/chat/guessed-guessed-guessed/{name}"
    method = "POST" if name == "do" else "GET"
    answer = await site.http.request(method, wrong, json=START, headers={"origin": site.url})
    assert answer.status_code == 404
    assert (await site.http.get(f"{site.url}/")).status_code == 404
    assert site.transcript(1) == []


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
async def test_a_foreign_name_for_this_machine_is_refused(site: Site, host: str) -> None:
    for place in (site.page.url, f"{site.base_url}{site.token}/getMe"):
        assert (await site.http.get(place, headers={"host": host})).status_code == 403


@pytest.mark.parametrize("origin", [EVIL, "null", "http://127.0.0.1:1", "http://localhost"])
async def test_another_page_cannot_act(site: Site, origin: str) -> None:
    assert (await site.do(START, origin=origin)).status_code == 403
    api = f"{site.base_url}{site.token}/getMe"
    assert (await site.http.get(api, headers={"origin": origin})).status_code == 403
    assert site.transcript(1) == []


async def test_a_form_cannot_act(site: Site) -> None:
    assert (await site.do(START, **{"content-type": "text/plain"})).status_code == 403
    answer = await site.http.post(f"{site.page.url}do", json=START)
    assert answer.status_code == 403
    assert site.transcript(1) == []


async def test_the_page_itself_can_act(site: Site) -> None:
    assert (await site.do(START)).json()["ok"]
    assert [message["text"] for message in site.transcript(1)] == ["/start"]


@pytest.mark.parametrize(
    "about",
    [
        {"action": "inject", "person": 1},
        {"action": "__init__", "person": 1},
        {"action": "say", "person": 1, "text": "x", "more": 1},
        {"action": "edit", "person": 1, "message_id": 5, "text": "x"},
        {"action": "advance", "person": 1, "seconds": -5},
        {"action": "advance", "person": 1, "seconds": 1e300},
        {"person": 1},
    ],
)
async def test_what_nobody_can_do_is_refused_in_words(site: Site, about: dict[str, Any]) -> None:
    answer = await site.do(about)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_only_its_own_files_are_given(site: Site) -> None:
    for name in ("..%2fpage.py", "%2e%2e/page.py", "page.py", "nothing.js"):
        assert (await site.http.get(site.page.url + name)).status_code == 404


async def test_a_person_is_a_number(site: Site) -> None:
    for person in ("", "0", "-1", "x", "99999999999"):
        answer = await site.http.get(f"{site.page.url}events?person={person}")
        assert answer.status_code == 400


async def test_other_programs_cannot_act_for_the_people(site: Site) -> None:
    answer = await site.http.post(f"{site.url}/driver/say", json={"person": 1, "text": "x"})
    assert answer.status_code == 404


async def test_it_listens_on_this_machine_only(site: Site) -> None:
    listening = site._server.servers[0].sockets[0].getsockname()
    assert listening[0] == "127.0.0.1"
