"""All customers of a store, in Odoo: matched before they are created, followed, and never guessed."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import MagentoCase

# A customer of the recorded store with three addresses.
FIVE = 5


class CustomerCase(MagentoCase):
    """A store of its own for every test: customers are changed and deleted in it."""

    def setUp(self):
        super().setUp()
        shop = self.shop.shop
        customers = [(record, dict(record.full())) for record in shop.customers.rows]
        addresses = [(record, dict(record.full())) for record in shop.addresses.rows]
        self.addCleanup(self.put_back, customers, addresses)

    def put_back(self, customers, addresses):
        """The store as it was before the test."""
        shop = self.shop.shop
        for record in list(shop.addresses.rows):
            shop.remove_address(record)
        for record in list(shop.customers.rows):
            shop.customers.remove(record)
        for record, row in customers:
            record.facts = record._full = row
            shop.customers.add(record)
        for record, row in addresses:
            record.facts = record._full = row
            shop.add_address(record)

    def customer(self, **values):
        """Make a customer in the store, with an address; returns its number."""
        address = values.pop("address", {})
        plain = {"website_id": 1, "store_id": 1, "firstname": "Ann", "lastname": "Example", "email": "ann@example.com"}
        number = self.shop.edit_customer(**plain | values)["customer_id"]
        if address is not None:
            self.address(number, **{"is_default_billing": True, "is_default_shipping": True} | address)
        return number

    def address(self, customer_id, address_id=None, **values):
        plain = {
            "firstname": "Ann",
            "lastname": "Example",
            "street": "Main Street 1",
            "city": "Austin",
            "region": "Texas",
            "country_id": "US",
            "postcode": "73301",
            "telephone": "+1 555 01",
        }
        values = values if address_id else plain | values
        return self.shop.edit_address(customer_id, address_id, **values)["customer_address_id"]

    def import_customers(self, **chosen):
        """Import by the wizard, and wait for the end; returns the run."""
        wizard = self.env["magento.customer.import.wizard"].create({"instance_id": self.instance.id, **chosen})
        action = wizard.action_import()
        self.run_cron()
        return self.env["magento.run"].browse(action["res_id"])

    def preview(self):
        wizard = self.env["magento.customer.import.wizard"].create({"instance_id": self.instance.id})
        action = wizard.action_preview()
        self.run_cron()
        return self.env["magento.run"].browse(action["res_id"])

    def links(self):
        return self.env["magento.customer"].search([("instance_id", "=", self.instance.id)])

    def link(self, number):
        return self.links().filtered(lambda link: link.magento_id == number)

    def problem(self, number):
        return self.env["magento.customer.problem"].search([("magento_id", "=", number)])

    def assert_counts(self, run, **counts):
        self.assertEqual((run.state, run.message), ("done", False))
        self.assertEqual({name: run[f"{name}_count"] for name in counts}, counts)


class TestCustomers(CustomerCase):
    def test_a_number_that_magento_gives_again(self):
        number = self.customer()
        self.import_customers()
        ann = self.link(number).partner_id
        self.shop.delete(customer_id=number)
        self.shop.shop.last_customer = number - 1  # as after a restart of its database
        again = self.customer(email="bob@example.com", firstname="Bob", created_at="2099-01-01 00:00:00")
        self.assertEqual(again, number)
        self.import_customers()
        self.assertEqual(ann.email, "ann@example.com")
        self.assertEqual(self.link(number).partner_id.email, "bob@example.com")
        self.assertEqual(len(self.link(number)), 1)

    def test_everything(self):
        run = self.import_customers()
        count = len(self.shop.shop.customers)
        self.assert_counts(run, seen=count, imported=count, failed=0, skipped=0)
        links = self.links()
        self.assertEqual(set(links.mapped("magento_id")), {row.get("customer_id") for row in self.rows()})
        self.assertEqual(len(links.partner_id), count)
        for row in self.rows():
            link = self.link(row.get("customer_id"))
            self.assertEqual(link.partner_id.email, row.get("email"))
            self.assertEqual(link.partner_id.name, self.name_of(row.full()))
            self.assertEqual(link.group_id.magento_id, row.get("group_id"))
            self.assertEqual(link.website_id.magento_id, row.get("website_id"))
        self.assertTrue(self.instance.customers_history_done)

    def rows(self):
        return self.shop.shop.customers.rows

    def name_of(self, row):
        return " ".join(row[key] for key in ("firstname", "middlename", "lastname") if row.get(key))

    def test_addresses_become_contacts(self):
        self.import_customers()
        partner = self.link(FIVE).partner_id
        rows = [record.full() for record in self.shop.shop.addresses_of(FIVE)]
        owner = self.shop.shop.customers.by_id(FIVE)
        known = self.env["magento.address"].search([("customer_partner_id", "=", partner.id)])
        self.assertEqual(
            set(known.mapped("magento_id")), {row["customer_address_id"] for row in rows}, "each has its number"
        )
        kinds = {row.magento_id: row.partner_id.type for row in known if row.is_made}
        if owner.get("default_shipping") in kinds:
            self.assertEqual(kinds[owner.get("default_shipping")], "delivery")
        for row in rows:
            contact = known.filtered(lambda one, number=row["customer_address_id"]: one.magento_id == number).partner_id
            self.assertEqual((contact.city, contact.zip), (row["city"], row["postcode"]))

    def test_requests_and_queries(self):
        self.shop.reset()
        self.import_customers()
        count = len(self.rows())
        self.assertEqual(count, 59)
        # login, the list with a look behind its end, two requests of address books, end of the session
        self.assertLessEqual(self.shop.requests.total, 12)
        self.assertEqual(self.shop.requests.calls["customer_address.list"], count)
        self.shop.reset()
        before = self.env["magento.run"].search_count([])
        self.instance.schedule_customers = True
        self.env.flush_all()
        with self.assertQueryCount(45):
            self.run_cron()
        self.assertEqual(self.env["magento.run"].search_count([]), before, "nothing new leaves no run")
        self.assertLessEqual(self.shop.requests.total, 3)

    def test_again_writes_nothing(self):
        self.import_customers()
        self.env["res.partner"].search([]).flush_recordset()
        partners = self.env["res.partner"].search_count([])
        self.env.cr.execute("CREATE TEMP TABLE before AS SELECT id, xmin::text AS version FROM res_partner")
        self.env.cr.execute("CREATE TEMP TABLE links AS SELECT id, xmin::text AS version FROM magento_customer")
        run = self.import_customers(what="all")
        self.assert_counts(run, seen=59, imported=0, failed=0, skipped=59)
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        for table, kept in (("res_partner", "before"), ("magento_customer", "links")):
            self.env.flush_all()
            self.env.cr.execute(
                f"SELECT count(*) FROM {table} now JOIN {kept} USING (id) WHERE now.xmin::text != version"
            )
            self.assertEqual(self.env.cr.fetchone()[0], 0, table)

    def test_an_order_of_an_imported_customer_creates_no_contact(self):
        self.map_rates()
        self.import_customers()
        partners = self.env["res.partner"].search_count([])
        row = self.only("100000001")
        self.assertEqual(row.sale_order_id.partner_id, self.link(2).partner_id)
        self.assertEqual(self.env["res.partner"].search_count([]), partners)

    def test_changes_follow(self):
        number = self.customer(taxvat="DE 1")
        self.import_customers()
        partner = self.link(number).partner_id
        self.assertEqual((partner.name, partner.vat, partner.phone), ("Ann Example", "DE1", "+1 555 01"))
        self.shop.edit_customer(number, lastname="Married", taxvat="DE 2", group_id=2)
        self.assert_counts(self.import_customers(), imported=1, failed=0)
        self.assertEqual((partner.name, partner.vat), ("Ann Married", "DE2"))
        self.assertEqual(self.link(number).group_id.magento_id, 2)
        self.assertEqual(partner.phone, "+1 555 01")

    def test_what_a_person_changed_stays_until_magento_changes_it(self):
        number = self.customer()
        self.import_customers()
        partner = self.link(number).partner_id
        partner.write({"name": "Ann E.", "phone": "+1 555 99"})
        self.shop.edit_customer(number, email="new@example.com")
        self.import_customers()
        self.assertEqual((partner.name, partner.phone, partner.email), ("Ann E.", "+1 555 99", "new@example.com"))
        self.assertEqual(self.link(number).email, "new@example.com")
        self.shop.edit_customer(number, firstname="Anna")
        self.import_customers()
        self.assertEqual(partner.name, "Anna Example")

    def test_a_contact_that_odoo_has_is_linked_and_not_overwritten(self):
        mine = self.env["res.partner"].create({"name": "A. Example", "email": "Ann@Example.com", "phone": "1"})
        number = self.customer()
        self.import_customers()
        self.assertEqual(self.link(number).partner_id, mine)
        self.assertEqual((mine.name, mine.phone, mine.street), ("A. Example", "1", False))
        self.assertEqual(mine.child_ids.mapped("street"), ["Main Street 1"])

    def test_a_guest_becomes_the_registered_customer(self):
        guest = self.env["res.partner"].create({"name": "Ann", "email": "ann@example.com"})
        self.env["magento.customer"].create(
            {
                "instance_id": self.instance.id,
                "website_id": self.instance.website_ids[0].id,
                "email": "ann@example.com",
                "partner_id": guest.id,
            }
        )
        number = self.customer(website_id=self.instance.website_ids[0].magento_id)
        self.import_customers()
        self.assertEqual(self.link(number).partner_id, guest)
        self.assertEqual(len(self.links().filtered(lambda link: link.email == "ann@example.com")), 1)

    def test_a_company_and_its_people(self):
        firm = {"company": "ACME & Söhne", "vat_id": "DE123456788"}
        one = self.customer(address=firm)
        two = self.customer(firstname="Bob", email="bob@example.com", address=firm | {"firstname": "Bob"})
        self.import_customers()
        people = self.link(one).partner_id | self.link(two).partner_id
        self.assertEqual(len(people.parent_id), 1)
        self.assertTrue(people.parent_id.is_company)
        self.assertEqual((people.parent_id.name, people.parent_id.vat), ("ACME & Söhne", "DE123456788"))
        self.assertEqual(people.mapped("name"), ["Ann Example", "Bob Example"])

    def test_address_books_follow(self):
        number = self.customer()
        second = self.address(number, city="Reno", street="Second 2")
        self.import_customers()
        partner = self.link(number).partner_id
        self.assertEqual((partner.city, partner.child_ids.mapped("city")), ("Austin", ["Reno"]))
        reno = partner.child_ids
        self.assertEqual(reno.type, "other")
        self.address(number, second, is_default_shipping=True)
        self.import_customers(what="all")
        self.assertEqual(reno.type, "delivery")
        self.address(number, second, city="Las Vegas")
        self.import_customers(what="all")
        self.assertEqual(partner.child_ids.mapped("city"), ["Las Vegas"])
        self.assertEqual((reno.active, reno.city), (False, "Reno"))
        self.shop.delete(address=second)
        self.import_customers(what="all")
        self.assertFalse(partner.child_ids)
        self.address(number, city="Reno", street="Second 2")
        self.import_customers(what="all")
        self.assertEqual(partner.child_ids, reno, "the one that was there before")

    def test_an_address_that_orders_went_to_stays(self):
        number = self.customer()
        second = self.address(number, city="Reno", street="Second 2", is_default_shipping=True)
        self.import_customers()
        partner = self.link(number).partner_id
        reno = partner.child_ids
        sale_order = self.env["sale.order"].create({"partner_id": partner.id})
        self.assertEqual(sale_order.partner_shipping_id, reno)
        self.address(number, second, city="Las Vegas")
        self.import_customers(what="all")
        self.assertEqual((reno.active, reno.type, reno.city), (True, "other", "Reno"))
        self.assertEqual(sale_order.partner_shipping_id, reno)
        self.assertEqual(
            self.env["sale.order"].create({"partner_id": partner.id}).partner_shipping_id.city, "Las Vegas"
        )

    def test_anonymised_and_deleted_customers(self):
        number, gone = self.customer(), self.customer(email="gone@example.com")
        nobody = self.customer(firstname=None, lastname=None, email=None, address=None)
        self.import_customers()
        self.assertFalse(self.link(nobody))
        self.assertFalse(self.problem(nobody))
        partner = self.link(number).partner_id
        self.shop.edit_customer(number, firstname=None, lastname=None, email=None, taxvat=None)
        self.shop.delete(address=self.shop.shop.addresses_of(number)[0].get("customer_address_id"))
        self.shop.delete(customer_id=gone)
        self.assert_counts(self.import_customers(what="all"), failed=0)
        self.assertEqual((partner.name, partner.email), ("Ann Example", "ann@example.com"))
        self.assertTrue(self.link(gone).is_gone)
        self.assertTrue(self.link(gone).partner_id.active)
        self.assertFalse(self.link(number).is_gone)

    def test_who_could_be_several_is_decided_by_a_person(self):
        twins = self.env["res.partner"].create([{"name": name, "email": "ann@example.com"} for name in ("A", "B")])
        number = self.customer()
        other = self.customer(email="bob@example.com")
        partners = self.env["res.partner"].search_count([])
        self.assert_counts(self.preview(), seen=61, imported=60, failed=1)
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        self.assertFalse(self.links())
        self.assert_counts(self.import_customers(), seen=61, imported=60, failed=1)
        problem = self.problem(number)
        self.assertEqual(
            (problem.candidate_ids, problem.reason_kind, problem.name), (twins, "ambiguous", "Ann Example")
        )
        self.assertIn("2 contacts", problem.reason)
        self.assertFalse(self.link(number))
        self.assertTrue(self.link(other))
        self.assertFalse(self.import_customers().imported_count, "asked again, it is still not guessed")
        problem.partner_id = twins[1]
        problem.action_import_again()
        self.run_cron()
        self.assertEqual(self.link(number).partner_id, twins[1])
        self.assertFalse(self.problem(number))
        self.assertEqual(self.instance.customer_problem_count, 0)

    def test_decided_to_be_somebody_new(self):
        twins = self.env["res.partner"].create([{"name": name, "email": "ann@example.com"} for name in ("A", "B")])
        number = self.customer()
        self.import_customers()
        self.problem(number).action_make_new()
        self.run_cron()
        self.assertEqual(self.link(number).partner_id.name, "Ann Example")
        self.assertNotIn(self.link(number).partner_id, twins)

    def test_a_contact_that_is_another_customer(self):
        self.env["res.partner"].create([{"name": name, "email": "ann@example.com"} for name in ("A", "B")])
        number = self.customer()
        self.import_customers()
        taken = self.link(FIVE).partner_id
        self.problem(number).partner_id = taken
        self.problem(number).action_import_again()
        self.run_cron()
        self.assertEqual(self.problem(number).reason_kind, "taken")
        self.assertIn(taken.display_name, self.problem(number).reason)
        self.shop.delete(customer_id=number)
        self.problem(number).action_import_again()
        self.run_cron()
        self.assertFalse(self.problem(number), "deleted in Magento meanwhile")

    def test_an_order_decides_too(self):
        self.map_rates()
        self.env["res.partner"].create([{"name": name, "email": "customer2@example.com"} for name in ("A", "B")])
        self.import_customers()
        self.assertTrue(self.problem(2))
        self.assertTrue(self.only("100000001").sale_order_id)
        self.assertFalse(self.problem(2))
        self.assertTrue(self.link(2))

    def test_the_group_of_an_older_order_does_not_count(self):
        self.map_rates()
        self.shop.edit_customer(2, group_id=3)
        self.import_customers()
        self.only("100000001")
        self.assertEqual(self.link(2).group_id.magento_id, 3)

    def test_trouble_on_the_way_and_then_in_peace(self):
        self.shop.misbehave("http_502", "customer_address.list", times=None)
        run = self.import_customers()
        self.assertEqual(run.state, "stopped")
        self.assertFalse(self.instance.customers_history_done)
        self.shop.reset()
        self.let_time_pass()
        self.run_cron()
        self.assertEqual(len(self.links()), 59)

    def test_a_missing_permission(self):
        self.instance.write({"username": "limited", "api_key": "limited-key"})
        run = self.import_customers()
        self.assertEqual(run.state, "stopped")
        self.assertIn("Customers", run.message)
        self.assertFalse(self.links())

    def test_one_that_odoo_refuses_does_not_hold_up_the_others(self):
        number = self.customer(firstname="N" * 200_000)
        long = self.customer(email="x" * 9000 + "@example.com", firstname="Long")
        run = self.import_customers()
        self.assertEqual((run.state, run.seen_count), ("done", 61))
        self.assertGreaterEqual(run.imported_count, 59)
        self.assertEqual(len(self.links()) + len(self.problem(number)) + len(self.problem(long)), 61)

    def test_customers_of_no_website(self):
        number = self.customer(website_id=0, store_id=0)
        self.import_customers()
        self.assertFalse(self.link(number).website_id)
        self.assertEqual(self.link(number).partner_id.name, "Ann Example")
        self.assertNotIn(0, self.instance.website_ids.mapped("magento_id"))

    def test_only_one_choice_at_once(self):
        self.import_customers()
        wizard = self.env["magento.customer.import.wizard"].create({"instance_id": self.instance.id, "what": "all"})
        wizard.action_import()
        with self.assertRaises(UserError):
            wizard.action_import()
        self.run_cron()

    def test_users_import_and_managers_decide(self):
        user = new_test_user(self.env, "customer-user", "magento_connector.group_user")
        manager = new_test_user(self.env, "customer-manager", "magento_connector.group_manager")
        twins = self.env["res.partner"].create([{"name": name, "email": "ann@example.com"} for name in ("A", "B")])
        number = self.customer()
        wizard = self.env["magento.customer.import.wizard"].with_user(user)
        wizard.create({"instance_id": self.instance.id}).action_import()
        self.run_cron()
        with self.assertRaises(AccessError):
            self.problem(number).with_user(user).partner_id = twins[0]
        with self.assertRaises(AccessError):
            self.problem(number).with_user(user).action_import_again()
        self.problem(number).with_user(manager).partner_id = twins[0]
        self.problem(number).with_user(manager).action_import_again()
        self.run_cron()
        self.assertEqual(self.link(number).partner_id, twins[0])

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["res.partner"].create({"name": "A", "email": "ann@example.com", "company_id": other.id})
        stranger = new_test_user(
            self.env, "customer-stranger", "magento_connector.group_manager", company_id=other.id, company_ids=other.ids
        )
        number = self.customer()
        self.import_customers()
        self.assertNotEqual(self.link(number).partner_id, theirs)
        for model in ("magento.customer", "magento.address", "magento.customer.problem", "magento.customer.group"):
            self.assertFalse(self.env[model].with_user(stranger).search([]), model)


class CustomersOverSoap(CustomerCase):
    """What matters, over another protocol."""

    def follow_one(self):
        number = self.customer(group_id=2)
        self.address(number, city="Reno", is_default_shipping=True)
        run = self.import_customers()
        self.assert_counts(run, seen=60, imported=60, failed=0)
        partner = self.link(number).partner_id
        self.assertEqual((partner.name, partner.city), ("Ann Example", "Austin"))
        self.assertEqual((partner.child_ids.city, partner.child_ids.type), ("Reno", "delivery"))
        self.assertEqual(self.link(number).group_id.name, "Wholesale")
        self.assert_counts(self.import_customers(what="all"), imported=0, skipped=60)
        self.shop.edit_customer(number, lastname="Married")
        self.assert_counts(self.import_customers(), imported=1)
        self.assertEqual(partner.name, "Ann Married")


class TestCustomersSoapV1(CustomersOverSoap):
    protocol = "soap_v1"

    def test_over_soap_v1(self):
        self.follow_one()


class TestCustomersSoapV2(CustomersOverSoap):
    protocol = "soap_v2"

    def test_over_soap_v2(self):
        self.follow_one()


class TestCustomersSoapWsi(CustomersOverSoap):
    protocol = "soap_v2_wsi"
    shop_settings = {"recorded_only": True, "wsi": True}

    def test_over_soap_v2_wsi(self):
        self.follow_one()
