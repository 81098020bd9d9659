"""Contacts that Magento is told about: marked ones are made there, linked ones follow, nothing is made twice."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .test_customers import CustomerCase


class ExportCase(CustomerCase):
    def setUp(self):
        super().setUp()
        self.texas = self.env.ref("base.state_us_44")
        self.ann = self.env["res.partner"].create(
            {
                "name": "Ann van Example",
                "email": "ann@example.com",
                "phone": "+1 555 01",
                "street": "Main Street 1",
                "city": "Austin",
                "zip": "73301",
                "state_id": self.texas.id,
                "country_id": self.texas.country_id.id,
            }
        )

    def start_export(self):
        self.instance.export_customers = True
        self.export()

    def export(self):
        """Press Export Customers, and wait for the end; returns the run."""
        action = self.instance.action_export_customers()
        self.run_cron()
        run = self.env["magento.run"].browse(action["res_id"])
        self.assertEqual((run.state, run.message), ("done", False))
        return run

    def mark(self, partner=None):
        (partner or self.ann).magento_export_ids = self.instance
        return self.export()

    def seen(self, email="ann@example.com"):
        """The customers of the store with an e-mail address, as it has them."""
        return [record.full() for record in self.shop.shop.customers.rows if record.get("email") == email]

    def book(self, number):
        return [record.full() for record in self.shop.shop.addresses_of(number)]


class TestCustomerExport(ExportCase):
    def test_nothing_is_sent_before_it_is_wanted(self):
        self.import_customers()
        self.shop.reset()
        self.ann.magento_export_ids = self.instance
        self.run_cron()
        self.assertFalse(self.shop.requests.total)
        self.start_export()
        self.assertEqual(self.shop.requests.calls["customer.update"], 0, "what nobody has changed is not sent")
        self.assertEqual(len(self.seen()), 1)

    def test_a_marked_contact_is_made_with_its_addresses(self):
        self.env["res.partner"].create(
            {
                "parent_id": self.ann.id,
                "type": "delivery",
                "street": "Harbour 5",
                "street2": "Door B",
                "city": "Reno",
                "zip": "89501",
                "country_id": self.texas.country_id.id,
            }
        )
        self.start_export()
        run = self.mark()
        self.assertEqual(run.failed_count, 0)
        (row,) = self.seen()
        self.assertEqual((row["firstname"], row["lastname"], row["website_id"]), ("Ann van", "Example", 1))
        first, second = self.book(row["customer_id"])
        self.assertEqual((first["street"], first["region"], first["region_id"]), ("Main Street 1", "Texas", 57))
        self.assertEqual((second["street"], second["firstname"]), ("Harbour 5\nDoor B", "Ann van"))
        self.assertEqual(row["default_billing"], first["customer_address_id"])
        self.assertEqual(row["default_shipping"], second["customer_address_id"])
        self.assertEqual(self.link(row["customer_id"]).partner_id, self.ann)
        self.shop.reset()
        self.export()
        self.assertFalse(self.shop.requests.total, "nothing has changed")

    def test_an_import_finds_what_was_sent(self):
        self.env["res.partner"].create(
            {
                "parent_id": self.ann.id,
                "type": "delivery",
                "street": "Harbour 5",
                "city": "Reno",
                "zip": "89501",
                "country_id": self.texas.country_id.id,
            }
        )
        self.start_export()
        self.mark()
        self.import_customers()
        (row,) = self.seen()
        self.assertEqual(self.link(row["customer_id"]).partner_id, self.ann)
        self.assertEqual(len(self.ann.child_ids), 1)
        self.assertEqual(self.ann.name, "Ann van Example")
        self.shop.reset()
        self.export()
        self.assertFalse(self.shop.requests.total, "what came from Magento is not sent back")

    def test_changes_are_sent(self):
        self.start_export()
        self.mark()
        (row,) = self.seen()
        number = row["customer_id"]
        self.shop.reset()
        self.ann.write({"name": "Ann Married", "street": "Elm Street 2"})
        self.assertEqual(self.export().sent_count, 1)
        self.assertEqual(self.seen()[0]["lastname"], "Married")
        self.assertEqual([entry["street"] for entry in self.book(number)], ["Elm Street 2"])
        self.assertEqual(self.shop.requests.calls["customer_address.create"], 0)
        self.ann.comment = "Nothing for Magento"
        self.shop.reset()
        self.run_cron()
        self.assertFalse(self.shop.requests.total)

    def test_an_imported_customer_follows_what_changes_in_odoo(self):
        number = self.customer(email="eve@example.com", lastname="From Magento", address={"lastname": "From Magento"})
        other = self.customer(email="other@example.com", lastname="Other", address={"lastname": "Somebody"})
        self.import_customers()
        partner = self.link(number).partner_id
        self.start_export()
        self.assertEqual(len(self.book(other)), 1, "an address in the name of somebody else is not doubled")
        partner.write({"vat": "DE123456788", "city": "Dallas"})
        run = self.export()
        self.assertEqual((run.sent_count, run.failed_count, self.link(number).export_error), (1, 0, False))
        (row,) = self.seen("eve@example.com")
        self.assertEqual((row["taxvat"], row["lastname"]), ("DE123456788", "From Magento"))
        self.assertEqual([entry["city"] for entry in self.book(number)], ["Dallas"])
        self.shop.edit_customer(number, lastname="In Magento")
        self.import_customers()
        self.assertEqual(partner.name, "Ann In Magento")
        self.shop.reset()
        self.export()
        self.assertEqual(self.shop.requests.calls["customer.update"], 0)

    def test_addresses_come_and_go(self):
        self.start_export()
        self.mark()
        number = self.seen()[0]["customer_id"]
        entry = {"parent_id": self.ann.id, "street": "Harbour 5", "city": "Reno", "zip": "1", "type": "delivery"}
        entry["country_id"] = self.texas.country_id.id
        one = self.env["res.partner"].create(entry)
        two = self.env["res.partner"].create(entry | {"street": "Harbour 6", "type": "other"})
        self.export()
        self.assertEqual([row["street"] for row in self.book(number)], ["Main Street 1", "Harbour 5", "Harbour 6"])
        self.assertEqual(self.seen()[0]["default_shipping"], self.book(number)[1]["customer_address_id"])
        one.active = False
        two.unlink()
        self.export()
        self.assertEqual([row["street"] for row in self.book(number)], ["Main Street 1"])
        self.assertEqual(self.seen()[0]["default_shipping"], self.book(number)[0]["customer_address_id"])

    def test_the_customer_is_there_already(self):
        number = self.customer(lastname="In Magento")
        self.start_export()
        self.mark()
        self.assertEqual(len(self.seen()), 1)
        self.assertEqual(self.link(number).partner_id, self.ann)
        self.assertEqual(self.seen()[0]["lastname"], "In Magento", "nothing is overwritten at first contact")
        self.ann.name = "Ann Changed"
        self.export()
        self.assertEqual(self.seen()[0]["lastname"], "Changed")

    def test_lost_answers_make_nothing_twice(self):
        self.start_export()
        for kind in ("lost_answer", "http_500_after", "cut_connection"):
            email = f"{kind.replace('_', '')}@example.com"
            partner = self.ann.copy({"name": "Ann Example", "email": email})
            self.shop.misbehave(kind, "customer.create")
            self.shop.misbehave(kind, "customer_address.create")
            self.mark(partner)
            self.assertEqual(len(self.seen(email)), 1, kind)
            self.assertEqual(len(self.book(self.seen(email)[0]["customer_id"])), 1, kind)

    def test_an_interrupted_run_goes_on(self):
        self.start_export()
        self.ann.magento_export_ids = self.instance
        self.shop.misbehave("http_502", "customer_address.create", times=None)
        action = self.instance.action_export_customers()
        self.run_cron()
        self.assertEqual(self.env["magento.run"].browse(action["res_id"]).state, "stopped")
        self.shop.reset()
        self.let_time_pass()
        self.export()
        self.assertEqual(len(self.seen()), 1)
        self.assertEqual(len(self.book(self.seen()[0]["customer_id"])), 1)
        self.assertFalse(self.link(self.seen()[0]["customer_id"]).export_error)

    def edit_meanwhile(self, method, **values):
        self.meanwhile(method, lambda: self.ann.write(values))

    def test_a_contact_is_edited_again_while_it_is_sent(self):
        self.start_export()
        self.mark()
        number = self.seen()[0]["customer_id"]
        for method in ("customer.update", "customer_address.update"):
            self.ann.write({"name": "Ann Married", "street": f"Elm Street {method}"})
            self.edit_meanwhile(method, name="Ann Divorced", street=f"Oak Street {method}")
            self.export()
            self.assertEqual(self.seen()[0]["lastname"], "Married")
            self.run_cron()
            self.assertEqual(self.seen()[0]["lastname"], "Divorced")
            self.assertEqual([entry["street"] for entry in self.book(number)], [f"Oak Street {method}"])
            self.shop.reset()
            self.run_cron()
            self.assertFalse(self.shop.requests.total, "nothing has changed since")

    def test_a_contact_is_edited_while_it_is_made(self):
        self.start_export()
        self.edit_meanwhile("customer.create", name="Ann Married", street="Elm Street 2")
        self.mark()
        self.run_cron()
        (row,) = self.seen()
        self.assertEqual(row["lastname"], "Married")
        self.assertEqual([entry["street"] for entry in self.book(row["customer_id"])], ["Elm Street 2"])

    def test_a_contact_is_corrected_while_it_is_refused(self):
        self.start_export()
        self.shop.misbehave("fault", "customer.create", code=100, message="Invalid data")
        self.edit_meanwhile("customer.create", name="Ann Right")
        self.mark()
        self.run_cron()
        self.assertEqual([row["lastname"] for row in self.seen()], ["Right"])

    def test_what_was_made_is_completed(self):
        """Magento has made the customer, and the process ends before it knows."""
        self.start_export()
        self.ann.magento_export_ids = self.instance
        self.shop.misbehave("lost_answer", "customer.create")
        self.shop.misbehave("http_502", "customer.list", times=None)
        action = self.instance.action_export_customers()
        self.run_cron()
        self.assertEqual(self.env["magento.run"].browse(action["res_id"]).state, "stopped")
        (row,) = self.seen()
        self.assertFalse(self.book(row["customer_id"]))
        self.shop.reset()
        self.export()
        self.assertEqual(len(self.seen()), 1)
        self.assertEqual([entry["street"] for entry in self.book(row["customer_id"])], ["Main Street 1"])

    def test_a_number_that_magento_gives_again(self):
        self.start_export()
        self.mark()
        number = self.seen()[0]["customer_id"]
        self.shop.delete(customer_id=number)
        self.ann.name = "Ann Changed"
        self.assertEqual(self.export().failed_count, 1)
        self.shop.shop.last_customer = number - 1  # as after a restart of its database
        bob = self.ann.copy({"name": "Bob Builder", "email": "bob@example.com"})
        self.assertEqual(self.mark(bob).failed_count, 0)
        self.assertEqual([row["customer_id"] for row in self.seen("bob@example.com")], [number])
        self.assertEqual(self.link(number).partner_id, bob)

    def test_what_magento_refuses(self):
        nobody = self.env["res.partner"].create({"name": "Nobody"})
        self.ann.phone = False
        self.start_export()
        nobody.magento_export_ids = self.instance
        run = self.mark()
        self.assertEqual(run.failed_count, 2)
        link = self.links().filtered(lambda link: link.partner_id == nobody)
        self.assertIn("no e-mail address", link.export_error)
        mine = self.links().filtered(lambda link: link.partner_id == self.ann)
        self.assertIn("telephone number", mine.export_error)
        self.shop.reset()
        self.run_cron()
        self.assertFalse(self.shop.requests.total, "not again before something changes")
        self.ann.phone = "1"
        self.assertEqual(self.export().failed_count, 0)
        self.assertFalse(mine.export_error)
        self.assertEqual(len(self.book(mine.magento_id)), 1)
        nobody.email = "nobody@example.com"
        self.export()
        self.assertEqual(len(self.seen("nobody@example.com")), 1)

    def test_two_contacts_with_one_address(self):
        twin = self.ann.copy({"name": "Twin", "email": self.ann.email})
        self.start_export()
        twin.magento_export_ids = self.instance
        run = self.mark()
        self.assertEqual((run.failed_count, len(self.seen())), (1, 1))

    def test_a_customer_that_magento_has_deleted(self):
        self.start_export()
        self.mark()
        number = self.seen()[0]["customer_id"]
        self.shop.delete(customer_id=number)
        self.ann.name = "Ann Changed"
        self.assertEqual(self.export().failed_count, 1)
        self.assertTrue(self.link(number).is_gone)
        self.ann.name = "Ann Again"
        self.assertFalse(self.export().failed_count)

    def test_requests(self):
        self.import_customers()
        self.start_export()
        self.shop.reset()
        for link in self.links():
            link.partner_id.vat = f"X{link.magento_id}"
        self.export()
        self.assertEqual(self.shop.requests.calls["customer.update"], len(self.links()))
        self.assertLessEqual(self.shop.requests.total, 6)

    def test_the_company_of_a_customer(self):
        company = self.env["res.partner"].create(
            {"name": "ACME", "is_company": True, "street": "Works 1", "city": "Dallas", "zip": "1"}
            | {"country_id": self.texas.country_id.id}
        )
        bob = self.env["res.partner"].create(
            {"name": "Bob Builder", "email": "bob@example.com", "phone": "1", "parent_id": company.id}
        )
        self.start_export()
        self.mark(bob)
        (row,) = self.seen("bob@example.com")
        (entry,) = self.book(row["customer_id"])
        self.assertEqual((entry["company"], entry["street"]), ("ACME", "Works 1"))
        company.street = "Works 2"
        self.export()
        self.assertEqual([one["street"] for one in self.book(row["customer_id"])], ["Works 2"])

    def test_who_may_mark(self):
        self.instance.export_customers = True
        user = new_test_user(self.env, "export-user", "magento_connector.group_manager,base.group_partner_manager")
        clerk = new_test_user(self.env, "export-clerk", "magento_connector.group_user,base.group_partner_manager")
        self.ann.with_user(user).magento_export_ids = self.instance
        self.ann.with_user(clerk).name = "Ann Changed"
        with self.assertRaises(AccessError):
            self.ann.with_user(clerk).magento_export_ids = False
        self.run_cron()
        self.assertEqual(self.seen()[0]["lastname"], "Changed")
        with self.assertRaises(AccessError):
            self.links()[0].with_user(clerk).action_export_again()

    def test_contacts_cost_nothing_without_export(self):
        self.env["magento.instance"]._exporting_ids()
        self.ann.name = "Warm"
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.env["res.partner"].browse(self.ann.id)._magento_changed()


class TestCustomerExportSoapV2(ExportCase):
    protocol = "soap_v2"

    def test_over_soap_v2(self):
        self.start_export()
        self.mark()
        (row,) = self.seen()
        self.assertEqual([entry["region_id"] for entry in self.book(row["customer_id"])], [57])
        self.ann.write({"name": "Ann Married", "city": "Dallas"})
        self.export()
        self.assertEqual(self.seen()[0]["lastname"], "Married")
        self.assertEqual([entry["city"] for entry in self.book(row["customer_id"])], ["Dallas"])
