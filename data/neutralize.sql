-- A copy of the database sends nothing to the shop: not by itself, and not once somebody has connected it anew, until he
-- switches each direction on.
UPDATE magento_instance
   SET state = 'draft', api_key = NULL, basic_password = NULL, wake_secret = NULL,
       schedule_orders = false, schedule_products = false, schedule_customers = false,
       schedule_categories_export = false, schedule_product_export = false, export_on_save = false,
       export_customers = false, schedule_stock = false, stock_confirmed_at = NULL, wake_by_shop = false,
       paused_until = NULL, failures_in_a_row = 0;
UPDATE magento_store_view
   SET send_shipments = false, send_invoices = 'never', send_cancellations = false, send_comments = false;
UPDATE magento_payment_method
   SET send_invoices = false, capture_invoices = false;
UPDATE magento_outbox
   SET state = 'skipped', reason = 'The database was neutralised.', tried_at = NULL, known = NULL, next_attempt = NULL
 WHERE state IN ('waiting', 'failed');
UPDATE magento_product
   SET export_requested = false, stock_requested = false;
UPDATE magento_customer
   SET export_due = false, forget_address_ids = NULL;
UPDATE magento_run
   SET state = 'stopped', message = 'The database was neutralised.'
 WHERE state IN ('queued', 'running');
DELETE FROM ir_cron_trigger
 USING ir_model_data
 WHERE ir_model_data.module = 'magento_connector' AND ir_model_data.name = 'cron_synchronize'
   AND ir_cron_trigger.cron_id = ir_model_data.res_id;
