"""Sessions, users, permissions, and what the API says of itself."""

from __future__ import annotations

import time
import xmlrpc.client

import pytest
from caller import Caller, http

from sandbox import Sandbox, User, start


@pytest.mark.parametrize(
    ("user", "key", "code"),
    [
        ("odoo", "wrong", 2),
        ("nobody", "sandbox-key", 2),
        ("inactive", "inactive-key", 2),
        ("norole", "norole-key", 2),
        ("odoo", "", 6),
    ],
)
def test_refused_logins(recorded_shop: Sandbox, user: str, key: str, code: int) -> None:
    with pytest.raises(xmlrpc.client.Fault) as refused:
        Caller(recorded_shop.url).login(user, key)
    assert refused.value.faultCode == code


def test_a_session_slides_and_expires() -> None:
    with start(recorded_only=True, session_timeout=0.5) as shop:
        caller = Caller(shop.url).login()
        for _ in range(4):
            time.sleep(0.2)
            assert caller("store.list")
        time.sleep(0.7)
        assert caller.fault("store.list") == (5, "Session expired. Try to relogin.")


def test_one_session_in_all_protocols(recorded_shop: Sandbox) -> None:
    session = Caller(recorded_shop.url).login().session
    body = (
        '<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/"><E:Body><m:storeList xmlns:m="urn:Magento">'
        f"<sessionId>{session}</sessionId></m:storeList></E:Body></E:Envelope>"
    )
    assert b"eu_de" in http(recorded_shop.url + "/index.php/api/v2_soap/", body.encode())[2]


def test_an_ended_session_is_over(recorded_shop: Sandbox) -> None:
    caller = Caller(recorded_shop.url).login()
    assert caller.proxy.endSession(caller.session) is True
    assert caller.fault("store.list")[0] == 5


def test_a_session_of_nobody(recorded_shop: Sandbox) -> None:
    caller = Caller(recorded_shop.url)
    caller.session = str(caller.proxy.startSession())
    assert caller.fault("store.list")[0] == 5


def test_permissions_are_per_method() -> None:
    clerk = User("clerk", "k", allow=("core_store.*", "sales_order.list"))
    with start(recorded_only=True, users=(clerk,)) as shop:
        caller = Caller(shop.url).login("clerk", "k")
        assert caller("store.list") and caller("order.list", {"order_id": 1})
        assert caller.fault("sales_order.info", "100000001") == (2, "Access denied.")
        assert caller.many(["sales_order.info", ["100000001"]])[0]["faultCode"] == "2"
        listed = caller.proxy.resources(caller.session)
        assert {row["name"]: [one["path"] for one in row["methods"]] for row in listed} == {
            "core_store": ["core_store.list", "core_store.info"],
            "sales_order": ["sales_order.list"],
        }


def test_faults_are_listed(recorded_shop: Sandbox) -> None:
    caller = Caller(recorded_shop.url).login()
    faults = caller.proxy.resourceFaults(caller.session, "order")
    assert {"code": "100", "message": "Requested order not exists."} in faults
    assert {"code": "5", "message": "Session expired. Try to relogin."} in Caller(recorded_shop.url).proxy.globalFaults(
        ""
    )


def test_keys_are_not_logged(shop: Sandbox) -> None:
    Caller(shop.url).login()
    http(shop.url + "/index.php/api/soap/", _soap_login("username", "apiKey"))
    http(shop.url + "/index.php/api/v2_soap/", _soap_login("username", "apiKey"))
    assert len(shop.log) == 3 and "sandbox-key" not in repr(list(shop.log))


def _soap_login(user: str, key: str) -> bytes:
    parts = f"<{user}>odoo</{user}><{key}>sandbox-key</{key}>"
    return (
        '<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/"><E:Body>'
        f'<m:login xmlns:m="urn:OpenMage">{parts}</m:login></E:Body></E:Envelope>'
    ).encode()
