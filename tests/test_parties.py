"""Customers and addresses: matched before they are created, and never overwritten."""

import copy

from .common import MagentoCase

FIRST, SECOND = "100000001", "100000007"


class TestParties(MagentoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_rates()
        with cls.instance._client() as client:
            ((_number, cls.template),) = client.order_payloads([FIRST])
        cls.numbers = iter(range(500000001, 600000000))

    def order(self, billing=None, shipping=None, **changes):
        """Import an order like the recorded one, with changes; returns its sale order."""
        number = str(next(self.numbers))
        payload = copy.deepcopy(self.template) | {"increment_id": number, "order_id": int(number)} | changes
        payload["billing_address"] |= billing or {}
        payload["shipping_address"] |= shipping or {}
        self.shop.set_payload(number, payload)
        row = self.only(number)
        self.assertEqual((row.state, row.reason), ("imported", False))
        return row.sale_order_id

    def test_a_customer_and_its_addresses_are_created_once(self):
        first = self.order()
        partner = first.partner_id
        self.assertEqual((partner.name, partner.email), ("José van der Berg", "customer2@example.com"))
        self.assertEqual((partner.city, partner.state_id.code, partner.country_id.code), ("Austin", "TX", "US"))
        self.assertEqual(first.partner_invoice_id, partner)
        self.assertEqual((first.partner_shipping_id.city, first.partner_shipping_id.type), ("東京", "delivery"))
        self.assertEqual(first.partner_shipping_id.parent_id, partner)
        before = self.env["res.partner"].search_count([])
        second = self.order(billing={"street": "2  MAIN street."}, shipping={"telephone": "000"})
        self.assertEqual(
            (second.partner_id, second.partner_invoice_id, second.partner_shipping_id),
            (first.partner_id, first.partner_invoice_id, first.partner_shipping_id),
        )
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_a_new_address_is_added_and_overwrites_nothing(self):
        partner = self.order().partner_id
        street = partner.street
        second = self.order(billing={"street": "Elsewhere 9", "city": "Reno"})
        self.assertEqual(second.partner_id, partner)
        self.assertEqual((second.partner_invoice_id.type, second.partner_invoice_id.city), ("invoice", "Reno"))
        self.assertEqual(partner.street, street)

    def test_a_contact_that_odoo_has_is_found_by_email(self):
        partner = self.env["res.partner"].create({"name": "J. van der Berg", "email": "Customer2@Example.com"})
        self.assertEqual(self.order().partner_id, partner)
        self.assertEqual(partner.name, "J. van der Berg")

    def test_a_guest_becomes_the_customer_of_the_same_website(self):
        guest = self.order(customer_id=None, customer_is_guest=1)
        registered = self.order()
        self.assertEqual(registered.partner_id, guest.partner_id)
        link = self.env["magento.customer"].search([("instance_id", "=", self.instance.id)])
        self.assertEqual((len(link), link.magento_id), (1, self.template["customer_id"]))

    def test_the_same_email_on_another_website_is_another_customer(self):
        here = self.order(customer_id=None, customer_is_guest=1)
        there = self.order(customer_id=None, customer_is_guest=1, store_id=2)
        self.assertNotEqual(here.partner_id, there.partner_id)

    def test_colleagues_share_their_company_by_its_vat_number(self):
        company = {"company": "ACME & Söhne <GmbH>"}
        first = self.order(billing=company, customer_taxvat="DE 123456788")
        second = self.order(
            billing=company | {"firstname": "Ann"},
            customer_id=990,
            customer_email="ann@example.com",
            customer_taxvat="DE123456788",
        )
        self.assertEqual(first.partner_id.commercial_partner_id.name, "ACME & Söhne <GmbH>")
        self.assertTrue(first.partner_id.commercial_partner_id.is_company)
        self.assertEqual(second.partner_id.parent_id, first.partner_id.parent_id)
        self.assertNotEqual(second.partner_id, first.partner_id)
        self.assertEqual(first.partner_id.commercial_partner_id.vat, "DE123456788")

    def test_a_company_that_odoo_has_is_found_by_its_vat_number(self):
        company = self.env["res.partner"].create({"name": "Known Ltd", "is_company": True, "vat": "DE123456788"})
        sale_order = self.order(billing={"company": "Known Limited"}, customer_taxvat="DE123456788")
        self.assertEqual(sale_order.partner_id.parent_id, company)
        self.assertEqual(company.name, "Known Ltd")

    def test_an_unknown_region_is_kept_in_the_street(self):
        sale_order = self.order(shipping={"region": "Middle Earth"})
        self.assertEqual(sale_order.partner_shipping_id.street2, "Middle Earth")
        self.assertFalse(sale_order.partner_shipping_id.state_id)

    def test_an_order_without_any_address_book_entry(self):
        sale_order = self.order(
            customer_id=None,
            customer_is_guest=1,
            customer_email=None,
            billing={"email": None, "customer_address_id": None},
        )
        self.assertEqual(sale_order.partner_id.name, "José van der Berg")
