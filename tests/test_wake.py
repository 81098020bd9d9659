"""A shop calls when something has happened: only it can, and only so often."""

import hashlib
import hmac
import time
from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user

from .common import MagentoCase


class TestWake(MagentoCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.instance.write({"wake_by_shop": True, "schedule_orders": True})
        cls.cron = cls.env.ref("magento_connector.cron_synchronize")

    def setUp(self):
        super().setUp()
        self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]).unlink()

    def call(self, body=b"", secret=None, moment=None, address=None, signature=None, kind="application/json"):
        """Call as a shop does; returns the answer."""
        moment = str(moment or time.time())
        signed = moment.encode() + b"." + body
        key = (secret or self.instance.wake_secret).encode()
        return self.url_open(
            address or f"/magento_connector/wake/{self.instance.id}",
            data=body,
            headers={
                "Content-Type": kind,
                "X-Magento-Timestamp": moment,
                "X-Magento-Signature": signature or hmac.new(key, signed, hashlib.sha256).hexdigest(),
            },
            method="POST",
        )

    def woken(self):
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.cron.id)])

    def rest(self):
        """Let a while pass since the last call."""
        self.env.invalidate_all()
        self.instance.wake_ids.woken_at -= timedelta(minutes=1)
        self.env.flush_all()

    def test_the_shop_wakes_the_synchronisation(self):
        self.assertEqual(self.call(b'{"order": "100000001"}').status_code, 204)
        self.assertEqual(self.woken(), 1)
        self.assertFalse(self.inbox(), "the call itself does nothing but wake")
        self.assertEqual(self.instance.wake_address, f"{self.base_url()}/magento_connector/wake/{self.instance.id}")
        self.cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(self.inbox())

    def test_whatever_the_body_is_called(self):
        """PHP's cURL says that it is a form, unless told otherwise: what is signed is what was sent."""
        bodies = {
            "application/x-www-form-urlencoded": [b"{}", b"order=100000001&total=1%2C00", b"%%%=&&", b""],
            "multipart/form-data; boundary=x": [
                b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'
            ],
            "text/plain": [b"hello"],
        }
        for kind, bodies_of_kind in bodies.items():
            for body in bodies_of_kind:
                self.assertEqual(self.call(body, kind=kind).status_code, 204, (kind, body))
                self.assertEqual(self.call(body, kind=kind, secret="wrong").status_code, 404, (kind, body))
        self.assertEqual(self.woken(), 1)
        form = "application/x-www-form-urlencoded"
        self.assertEqual(self.call(b"x=" + b"1" * 5000, kind=form).status_code, 413)

    def test_what_is_wrong_does_nothing_and_says_nothing(self):
        now, secret = time.time(), self.instance.wake_secret
        answers = {
            "wrong secret": self.call(secret="wrong"),
            "no signature": self.call(signature="-"),
            "odd signature": self.call(signature="ü"),
            "old": self.call(moment=now - 400),
            "of the future": self.call(moment=now + 400),
            "no time": self.call(moment="yesterday"),
            "not a number": self.call(moment="nan"),
            "unknown instance": self.call(address="/magento_connector/wake/99999999", secret=secret),
            "huge number": self.call(address=f"/magento_connector/wake/{10**30}", secret=secret),
        }
        self.instance.wake_by_shop = False
        answers["not switched on"] = self.call(secret=secret)
        self.instance.write({"wake_by_shop": True, "state": "draft"})
        answers["not connected"] = self.call(secret=secret)
        for what, answer in answers.items():
            self.assertEqual((answer.status_code, answer.content), (404, b""), what)
        self.assertFalse(self.woken())

    def test_other_verbs_and_large_bodies(self):
        self.assertEqual(self.url_open(f"/magento_connector/wake/{self.instance.id}").status_code, 405)
        self.assertEqual(self.call(b"x" * 5000).status_code, 413)
        self.assertFalse(self.woken())

    def test_a_body_that_was_changed_on_the_way(self):
        moment = str(time.time())
        signature = hmac.new(self.instance.wake_secret.encode(), moment.encode() + b".{}", hashlib.sha256).hexdigest()
        self.assertEqual(self.call(b"[]", moment=moment, signature=signature).status_code, 404)
        self.assertFalse(self.woken())

    def test_a_repeated_message_does_nothing(self):
        moment = time.time() - 10
        self.call(moment=moment)
        self.rest()
        self.assertEqual(self.call(moment=moment).status_code, 204)
        self.assertEqual(self.call(moment=moment - 1).status_code, 204)
        self.assertEqual(self.woken(), 1)
        self.call(moment=moment + 1)
        self.assertEqual(self.woken(), 2)

    def test_floods_do_nothing(self):
        start = time.time() - 100
        for number in range(20):
            self.assertEqual(self.call(moment=start + number).status_code, 204)
        self.assertEqual(self.woken(), 1)
        self.rest()
        self.call()
        self.assertEqual(self.woken(), 2)

    def test_queries_of_a_call(self):
        self.call(secret="wrong")
        instances = self.env["magento.instance"]
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            self.assertFalse(instances._wake(self.instance.id, str(time.time()), "wrong", b""))

    def test_a_renewed_secret(self):
        old = self.instance.wake_secret
        self.instance.action_renew_wake_secret()
        self.assertNotEqual(self.instance.wake_secret, old)
        self.assertEqual(self.call(secret=old).status_code, 404)
        self.assertEqual(self.call().status_code, 204)
        self.assertNotEqual(self.instance.copy({"name": "Copy", "wake_by_shop": True}).wake_secret, old)

    def test_the_secret_is_for_system_administrators(self):
        manager = new_test_user(self.env, "wake-manager", "magento_connector.group_manager")
        instance = self.instance.with_user(manager)
        with self.assertRaises(AccessError):
            instance.read(["wake_secret"])
        with self.assertRaises(AccessError):
            instance.action_renew_wake_secret()
        other = (
            self.env["magento.instance"]
            .with_user(manager)
            .create({"name": "Other", "url": self.shop.url, "username": "x", "wake_by_shop": True})
        )
        self.assertTrue(other.sudo().wake_secret)
        self.assertTrue(other.read(["wake_address"])[0]["wake_address"])

    def test_a_neutralised_copy_is_not_woken(self):
        from odoo.modules.neutralize import get_neutralization_queries

        secret = self.instance.wake_secret
        self.env.flush_all()
        for query in get_neutralization_queries(["magento_connector"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(self.instance.wake_secret)
        self.assertEqual(self.call(secret=secret).status_code, 404)
