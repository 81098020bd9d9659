"""Addresses as people paste them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magento_api.errors import BadUrl
from magento_api.url import parse_url

FORMS = {
    "http://shop.example": ("http://shop.example", None),
    "https://shop.example/": ("https://shop.example", None),
    "  https://shop.example  ": ("https://shop.example", None),
    "<https://shop.example>": ("https://shop.example", None),
    "shop.example": ("https://shop.example", None),
    "SHOP.Example:8443/": ("https://shop.example:8443", None),
    "localhost:8080": ("http://localhost:8080", None),
    "192.168.1.5/magento": ("http://192.168.1.5/magento", None),
    "http://shop.example:80/": ("http://shop.example", None),
    "http://shop.example/index.php": ("http://shop.example", None),
    "http://shop.example/index.php/": ("http://shop.example", None),
    "http://shop.example/index.php/admin": ("http://shop.example", None),
    "http://shop.example/index.php/admin/dashboard/index/key/abc/": ("http://shop.example", None),
    "http://shop.example/admin": ("http://shop.example", None),
    "http://shop.example/index.php/api/xmlrpc/": ("http://shop.example", None),
    "http://shop.example/api/xmlrpc": ("http://shop.example", None),
    "http://shop.example/api/soap/?wsdl": ("http://shop.example", None),
    "http://shop.example/index.php/api/v2_soap?wsdl=1": ("http://shop.example", None),
    "http://shop.example/api/v2_soap/index/?wsdl=1": ("http://shop.example", None),
    "http://shop.example/api.php?type=v2_soap&wsdl": ("http://shop.example", None),
    "http://shop.example/shop/api.php?type=xmlrpc": ("http://shop.example/shop", None),
    "http://shop.example/shop/index.php/api/xmlrpc/": ("http://shop.example/shop", None),
    "http://shop.example/index.php/de/": ("http://shop.example", "de"),
    "http://shop.example/index.php/eu_de/api/xmlrpc/": ("http://shop.example", "eu_de"),
    "http://shop.example/shoes.html?color=1#x": ("http://shop.example", None),
    "http://[::1]:8080/": ("http://[::1]:8080", None),
    "https://münchen.example/": ("https://münchen.example", None),
}


@pytest.mark.parametrize("text", FORMS)
def test_forms(text: str) -> None:
    shop = parse_url(text)
    assert (shop.base, shop.store_code) == FORMS[text]


def test_login_in_the_address() -> None:
    shop = parse_url("https://user:p%40ss@shop.example/")
    assert shop.base == "https://shop.example"
    assert shop.basic_auth == ("user", "p@ss")
    assert "p@ss" not in repr(shop)


def test_endpoints() -> None:
    assert list(parse_url("http://h/shop/de").endpoints("xmlrpc"))[:5] == [
        "http://h/shop/de/index.php/api/xmlrpc/",
        "http://h/shop/de/api/xmlrpc/",
        "http://h/shop/de/api.php?type=xmlrpc",
        "http://h/shop/index.php/api/xmlrpc/",
        "http://h/shop/api/xmlrpc/",
    ]
    assert "http://h/index.php/de/api/soap/" in list(parse_url("http://h/index.php/de").endpoints("soap"))


@pytest.mark.parametrize(
    "text",
    ["", "  ", "http://", "ftp://shop.example", "http://shop example", "http://sh op", "mailto:a@b.c", "http://a..b",
     "http://shop.example:port", "http://shop.example:99999", "http://[::1", "http://-a-", "x" * 3000, "file:///etc/passwd"],
)  # fmt: skip
def test_nonsense(text: str) -> None:
    with pytest.raises(BadUrl) as caught:
        parse_url(text)
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 300


@given(st.text() | st.builds("".join, st.lists(st.sampled_from([*"abc./:@?#[]%\\ é1", "http://", "index.php", "api"]))))
def test_nothing_but_a_bad_url_is_raised(text: str) -> None:
    try:
        shop = parse_url(text)
    except BadUrl:
        return
    assert shop.base.startswith(("http://", "https://"))
    assert not shop.base.endswith("/")
    assert parse_url(shop.base).base == shop.base or shop.base.count("/") > 2
    assert list(shop.endpoints("xmlrpc"))
