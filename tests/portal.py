"""A person at the portal: signs in over real HTTP and fills in its forms. For tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.servers.gateway import Served


class Person:
    """Somebody with a session; every form carries what the page gave them."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def read(self, path: str = "") -> str:
        """A page, which must be there."""
        answer = self.http.get(f"/portal{path}")
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.text

    def proof(self, path: str) -> str:
        """What the forms of a page carry."""
        page = self.http.get(f"/portal{'' if path == '/sign-out' else path}")
        return re.findall(r'name="csrf" value="([0-9a-f]+)"', page.text)[0]

    def send(self, path: str, **told: str) -> httpx.Response:
        """Fill in a page's form."""
        return self.http.post(f"/portal{path}", data={"csrf": self.proof(path), **told})

    def object(self, product: str, key: dict[str, str], column: str, right: str, **told: str) -> httpx.Response:
        """Raise an objection."""
        named = {f"key.{name}": value for name, value in key.items()}
        words = {"why": "现场核实", "contact": "李科 0571-1111"} | told
        return self.send("/objections", product=product, column=column, right=right, **named, **words)


@contextmanager
def visitor(served: Served) -> Iterator[Person]:
    """Somebody who is not signed in."""
    with httpx.Client(base_url=served.settings.address) as http:
        yield Person(http)


@contextmanager
def person(served: Served, token: str) -> Iterator[Person]:
    """Somebody who is signed in with a token."""
    with visitor(served) as found:
        answer = found.send("/sign-in", token=token)
        assert (answer.status_code, answer.headers["location"]) == (303, "/portal"), answer.text
        yield found


def alert(answer: httpx.Response) -> str:
    """The message of a form that was not taken."""
    (told,) = re.findall(r'role="alert">(.*?)</p>', answer.text)
    return told
