-- a copy of the database must not talk to the shop
UPDATE magento_instance
   SET state = 'draft', schedule_orders = false, schedule_stock = false, api_key = NULL, basic_password = NULL,
       schedule_customers = false, export_customers = false, wake_by_shop = false, wake_secret = NULL;
UPDATE magento_run
   SET state = 'stopped', message = 'The database was neutralised.'
 WHERE state IN ('queued', 'running');
