"""Every recorded error means what it says here, over real HTTP, in one sentence without secrets."""

from __future__ import annotations

import copy
import pickle

import pytest
from recorded_server import RecordedServer, names, recorded, status_of

from magento_api import (
    CredentialsRefused,
    MagentoError,
    NotFound,
    NotUnderstood,
    PermissionMissing,
    Refused,
    TooBig,
    Unreachable,
    connect,
)
from magento_api.connection import Wire
from magento_api.errors import BadUrl, SessionRefused, plain
from magento_api.faults import fault_error
from magento_api.masking import Secrets
from magento_api.soap_v1 import SoapV1
from magento_api.soap_v2 import SoapV2
from magento_api.transport import Transport
from magento_api.xmlrpc import XmlRpc

KEY = "odoo-api-key-123"
SESSION = "0123456789abcdef0123456789abcdef"
WIRES = {"xmlrpc": XmlRpc, "soapv1": SoapV1, "soapv2": SoapV2}

# Recorded error -> what was called (only the resource matters), what it means, a word of the sentence.
MEANINGS: dict[str, tuple[str, type[MagentoError], str]] = {
    "access_denied": ("customer_group.list", PermissionMissing, "tick Customers"),
    "session~": ("sales_order.info", SessionRefused, "ended the session"),
    "login~(wrong|unknown|inactive|norole|emptykey)": ("login", CredentialsRefused, "refused the API user"),
    "sales_order.info~notfound": ("sales_order.info", NotFound, "Requested order not exists"),
    "customer.info~notfound": ("customer.info", NotFound, "Customer not exists"),
    "catalog_product.info~notfound": ("catalog_product.info", NotFound, "Product not exists"),
    "catalog_product.create~dup": ("catalog_product.info", Refused, '"SKU" must be unique'),
    "err~addr_create_missing": ("customer_address.list", Refused, "enter the last name"),
    "err~bad_int": ("customer.info", Refused, "encoding rules"),
    "err~base_url.soap": ("store.list", Refused, "reach its own base URL"),
    "err~bom.soap": ("store.list", NotUnderstood, "PHP printed something before"),
    "err~php_notice.soap": ("store.list", NotUnderstood, "PHP printed something before"),
    "err~cat_assign_bad_prod": ("catalog_category.tree", NotFound, "Product not exists"),
    "err~media_bad_b64": ("catalog_product_attribute_media.create", Refused, "not valid base64"),
    "err~media_bad_mime": ("catalog_product_attribute_media.create", Refused, "Invalid image type"),
    "err~media_not_image": ("catalog_product_attribute_media.create", Refused, "Failed to read image"),
    "err~cust_create_.*soapv1": ("customer.info", Refused, "email already exists"),
    "err~customer.list_no_filter.xmlrpc": ("customer.list", TooBig, "PHP's error log"),
    "err~customer.list_no_filter.soapv1": ("customer.list", Refused, "Too few arguments"),
    "err~customer_bad_filter": ("customer.list", Refused, "Invalid attribute name"),
    "err~db_down": ("store.list", Unreachable, "database"),
    "err~filter_category_ids": ("catalog_product.list", Unreachable, "error page"),
    "err~maintenance": ("store.list", Unreachable, "maintenance"),
    "err~fpm_down": ("store.list", Unreachable, "gateway"),
    "err~delete_id_none": ("catalog_product.info", NotFound, "Product not exists"),
    "err~(invoice|order|order_list)_bad_filter": ("sales_order.list", Refused, "Unknown column"),
    "err~invoice_itemgtqty": ("sales_order.info", Refused, "Invalid qty to invoice"),
    "err~memory_limit": ("sales_order.list", TooBig, "memory_limit"),
    "err~(no_dot|nosuch_method|nosuch_resource|tax_res)": ("store.list", Refused, "does not have the method"),
    "err~num_order_id": ("sales_order.info", NotFound, "Requested order not exists"),
    "err~prod_create_bad_attrset": ("catalog_product.info", Refused, "attribute set"),
    "err~prod_create_empty.soapv1": ("catalog_product.info", Refused, "must be unique"),
    "err~prod_create_no_sku": ("catalog_product.info", Refused, "Invalid data"),
    "err~product_bad_filter": ("catalog_product.list", Refused, "exception.log"),
    "err~region_bad_country": ("directory_region.list", NotFound, "Country not exists"),
    "err~(rpc_client_on_wsi|unknown_op)": ("store.list", Refused, "not present"),
    "err~shipment_bad_qty": ("sales_order.info", Refused, "empty shipment"),
    "err~stock_update_bad": ("cataloginventory_stock_item.list", NotFound, "Product not exists"),
    "err~too_few_args.xmlrpc": ("catalog_product.info", TooBig, "PHP's error log"),
    "err~too_few_args.soapv1": ("catalog_product.info", Refused, "Too few arguments"),
    "err~too_few_args.soapv2": ("catalog_product.info", NotFound, "Product not exists"),
    "err~too_few_args_display_errors": ("catalog_product.info", NotUnderstood, "PHP failed"),
    "err~wrong_type": ("catalog_product.info", NotFound, "Product not exists"),
    "err~wsdl-unknown_order": ("sales_order.info", NotFound, "Requested order not exists"),
    "multiCall~argerror.soapv1": ("catalog_product.info", Refused, "Too few arguments"),
    "multiCall~argerror.xmlrpc": ("catalog_product.info", TooBig, "PHP's error log"),
    "multiCall~break.xmlrpc": ("catalog_product.info", Refused, "other arguments"),
}
CASES = [
    (name, *meaning)
    for pattern, meaning in MEANINGS.items()
    for name in names(f"{pattern}.*")
    if name.rpartition(".")[2] in WIRES
]
# Whole answers, in spite of their names.
FINE = (
    r"err~(bom|php_notice|base_url|prod_create_empty)\.xmlrpc"
    r"|err~(display_errors|too_many_args|order_list_bad_op|stock_list|.*status|cust_"
    r"|extra_|update_with_string|price_|empty_filters_missing|order_list_filter_string).*"
)


def test_all_recorded_errors_are_here() -> None:
    known = {name for name, *_rest in CASES} | set(names(FINE))
    assert {name for name in names(r"err~.*") if not name.endswith(".raw")} <= known


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_recorded_errors(case: tuple[str, str, type[MagentoError], str], monkeypatch: pytest.MonkeyPatch) -> None:
    name, method, kind, words = case
    monkeypatch.setattr("magento_api.transport._PAUSE", 0.001)
    with RecordedServer(lambda _method, _arguments: (status_of(name), recorded(name))) as server:
        transport = Transport(Secrets([KEY]), basic_auth=None, verify_tls=True, timeout=(5, 5), max_answer_bytes=10**7)
        wire: Wire = WIRES[name.rpartition(".")[2]](transport, f"{server.url}/index.php/api/")
        with pytest.raises(kind) as caught:
            if method == "login":
                wire.login("odoo", KEY)
            else:
                wire.call(SESSION, method, [])
        transport.close()
    error = caught.value
    assert words in str(error)
    check_sentence(error)


def check_sentence(error: MagentoError) -> None:
    """One line, not endless, ends in a full stop, names no secret, says something to do."""
    text = str(error)
    assert "\n" not in text
    assert len(text) < 1000
    assert text.endswith((".", "…."))
    for form in (text, repr(error), error.what, error.advice):
        assert KEY not in form
        assert SESSION not in form
        assert "<" not in form or isinstance(error, NotUnderstood)
        assert "/var/www" not in form or isinstance(error, NotUnderstood)


@pytest.mark.parametrize("name", names(FINE))
def test_recorded_answers_that_only_look_bad(name: str) -> None:
    suffix = name.rpartition(".")[2]
    if suffix == "soapv1" and "cust_" in name:
        pytest.skip("that one is an error")
    with RecordedServer(lambda _method, _arguments: (200, recorded(name))) as server:
        transport = Transport(Secrets(), basic_auth=None, verify_tls=True, timeout=(5, 5), max_answer_bytes=10**7)
        wire: Wire = WIRES[suffix](transport, f"{server.url}/index.php/api/")
        assert wire.call(SESSION, "store.list", []) is not None
        transport.close()


def test_a_number_means_another_thing_per_resource() -> None:
    assert isinstance(fault_error(102, "x", "customer.info"), NotFound)
    assert isinstance(fault_error(102, "x", "sales_order.info"), Refused)
    assert isinstance(fault_error("2", "Access denied.", "login"), CredentialsRefused)
    missing = fault_error("2", "Access denied.", "sales_order.info")
    assert isinstance(missing, PermissionMissing)
    assert (missing.method, missing.role_resource) == ("sales_order.info", "Sales > Order > Retrieve orders info")


def test_text_of_magento_without_html() -> None:
    text = 'Maximum amount available to refund is <span class="price">$20.80</span> &amp; no more'
    error = fault_error(1, text, "sales_order.info")
    assert "refund is $20.80 & no more" in str(error)
    assert plain("a <b>b</b>\n\n c") == "a b c"
    assert plain("5 < 6") == "5 < 6"


def test_errors_can_be_copied() -> None:
    """Exceptions go between threads and processes."""
    for error in (PermissionMissing("a.b", "A > B"), Unreachable("what", "advice"), BadUrl("x")):
        for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
            assert (type(twin), str(twin)) == (type(error), str(error))


def test_secrets_never_leave() -> None:
    """A shop that sends back what it was sent, in a fault and in a page."""
    for body in (
        b"<html><body>login odoo %s %s</body></html>" % (KEY.encode(), SESSION.encode()),
        b"<?xml version='1.0'?><methodResponse><fault><value><struct><member><name>faultCode</name><value><int>1</int>"
        b"</value></member><member><name>faultString</name><value><string>%s %s</string></value></member></struct>"
        b"</value></fault></methodResponse>" % (KEY.encode(), SESSION.encode()),
    ):
        with RecordedServer(lambda _method, _arguments, body=body: (200, body)) as server:
            with pytest.raises(MagentoError) as caught:
                connect(server.url, "odoo", KEY, protocol="xmlrpc")
            for form in (str(caught.value), repr(caught.value), str(caught.value.args)):
                assert KEY not in form
                assert SESSION not in form
            assert caught.value.__cause__ is None


def test_secrets_are_in_no_repr() -> None:
    bodies = {"login": recorded("login~ok.xmlrpc"), "endSession": recorded("endSession.xmlrpc")}
    with (
        RecordedServer(lambda method, _arguments: (200, bodies[method])) as server,
        connect(server.url.replace("//", "//basic:geheim@"), "odoo", KEY) as client,
    ):
        connection = client._connection
        for value in (client, connection, connection.transport, connection.transport.secrets, connection.wire):
            assert KEY not in repr(value)
            assert "geheim" not in repr(value)
        assert "geheim" not in client.url
