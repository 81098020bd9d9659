"""No form of a secret gets through, and no picture is fetched from a host that is not the shop's."""

from __future__ import annotations

import base64
import html
import json
import re
import xml.sax.saxutils as sax
from collections.abc import Callable
from urllib.parse import quote, quote_plus
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from test_transport import send, server

from magento_api import ForeignHost, MagentoError, connect
from magento_api.hosts import Hosts
from magento_api.masking import Secrets


def element(word: str) -> str:
    made = ElementTree.Element("a")
    made.text = word
    return ElementTree.tostring(made, encoding="unicode")


def base64_of(word: str) -> str:
    return base64.b64encode(word.encode()).decode().rstrip("=")


def json_of(word: str) -> str:
    return json.dumps(word)[1:-1]


FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "quoted": quote,
    "quoted, slashes too": lambda word: quote(word, safe=""),
    "quoted in small letters": lambda word: re.sub("%..", lambda found: found[0].lower(), quote(word)),
    "as of a form": quote_plus,
    "quoted twice": lambda word: quote(quote(word)),
    "XML": sax.escape,
    "an element": element,
    "HTML": html.escape,
    "HTML as PHP writes it": lambda word: html.escape(word).replace("&#x27;", "&#039;"),
    "HTML twice": lambda word: html.escape(html.escape(word)),
    "numbers": lambda word: "".join(c if c.isalnum() else f"&#{ord(c)};" for c in word),
    "JSON": json_of,
    "JSON as PHP writes it": lambda word: json_of(word).replace("/", "\\/"),
    "JSON in letters of its own": lambda word: json.dumps(word, ensure_ascii=False)[1:-1],
    "JSON in JSON": lambda word: json_of(json_of(word)),
    "base64": base64_of,
    "base64 in an address": lambda word: quote(base64_of(word), safe=""),
    "base64 for addresses": lambda word: base64.urlsafe_b64encode(word.encode()).decode().rstrip("="),
}
# Keys as people choose them: anything that can be typed.
WORDS = some.text(some.characters(exclude_categories=("C", "Z"), include_characters=" "), min_size=6, max_size=30)


@given(WORDS, some.sampled_from(sorted(FORMS)))
@example("a&b<c>'\"/+ü %25=", "quoted twice")
def test_no_form_gets_through(word: str, form: str) -> None:
    shown = FORMS[form](word)
    masked = Secrets([word]).mask(f"before {shown} after")
    assert shown not in masked
    assert masked.startswith("before ")
    assert masked.endswith(" after")


@given(some.lists(WORDS, max_size=3), some.text(max_size=60))
def test_nothing_else_is_masked(words: list[str], text: str) -> None:
    secrets = Secrets([f"Q{word}Z" for word in words])
    assert text.count("Q") or secrets.mask(text) == text


@given(WORDS, WORDS)
def test_the_longer_of_two_is_masked_whole(word: str, more: str) -> None:
    assert Secrets([word, word + more]).mask(word + more) == "***"


def test_an_echoed_header_is_masked() -> None:
    def echo(handler, _number):  # type: ignore[no-untyped-def]
        send(handler, 200, f"debug: {dict(handler.headers)}".encode())

    key, user, password = "key&of+the/API", "httpuser", "pässword+1"
    with server(echo) as (url, seen), pytest.raises(MagentoError) as caught:
        connect(url, "odoo", key, protocol="xmlrpc", basic_auth=(user, password))
    header = seen[0]["Authorization"].partition(" ")[2]
    assert base64.b64decode(header).decode() == f"{user}:{password}"
    assert "debug" in str(caught.value)
    for secret in (header, header.rstrip("="), password, key):
        assert secret not in str(caught.value)


def test_a_login_in_the_address_is_masked_too() -> None:
    with server(lambda handler, _number: send(handler, 200, b"debug: c2VjcmV0OnNlc2FtZQ== sesame")) as (url, _seen):
        address = url.replace("://", "://secret:sesame@")
        with pytest.raises(MagentoError) as caught:
            connect(address, "odoo", "key-of-the-API", protocol="xmlrpc")
    assert "debug" in str(caught.value)
    assert "sesame" not in str(caught.value)
    assert "c2Vj" not in str(caught.value)


OWN = "https://shop.example.com/index.php/api/xmlrpc/"


@pytest.mark.parametrize(
    "address",
    [
        "https://shop.example.com/media/a.jpg",
        "http://shop.example.com/media/a.jpg",
        "http://SHOP.example.com.:80/media/a.jpg",
        "https://cdn.example.net/a.jpg",
        "https://pictures.example.net:8443/a.jpg",
        "https://bücher.example/a.jpg",
        "https://xn--bcher-kva.example/a.jpg",
    ],
)
def test_the_hosts_of_pictures(address: str) -> None:
    hosts = Hosts(["cdn.example.net", "https://pictures.example.net:8443/media/", "bücher.example"])
    assert hosts.checked(address, OWN)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "https://shop.example.com:5432/",
        "https://shop.example.com.evil.example/",
        "https://shop.example.com@evil.example/",
        "https://evil.example\\@shop.example.com/",
        "https://evil.example#@shop.example.com/",
        "//evil.example/a.jpg",
        "ftp://shop.example.com/a.jpg",
        "file:///etc/passwd",
        "https://[::1/",
        "https://shop.example.com:99999/",
        "",
    ],
)
def test_other_hosts_are_not_asked(address: str) -> None:
    with pytest.raises(MagentoError):
        Hosts(["cdn.example.net"]).checked(address, OWN)


def test_a_picture_of_another_host_is_not_fetched() -> None:
    """Nothing is sent there, so that nothing of what it would answer can be seen."""
    from sandbox import start

    with server(lambda handler, _number: send(handler, 200, b"internal")) as (inside, seen):
        store = start(recorded_only=True)
        try:
            with connect(store.url, store.user, store.key) as shop, pytest.raises(ForeignHost, match="not the shop's"):
                shop.image_content(f"{inside}/latest/meta-data")
            assert not seen
        finally:
            store.stop()
