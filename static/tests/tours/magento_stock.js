import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

function call(model, method, args) {
    return rpc(`/web/dataset/call_kw/${model}/${method}`, { model, method, args, kwargs: {} });
}

// The scheduled action does the work: let it run now, as the server's scheduler would.
async function letTheScheduleRun() {
    const crons = await call("ir.cron", "search", [[["code", "=", "model._cron_synchronize()"]]]);
    await call("ir.cron", "method_direct_trigger", [crons]);
}

const letTheRunEnd = [
    {
        content: "the run is open, and not waited for",
        trigger: ".o_form_view:has(.o_arrow_button_current:contains(Queued))",
        run: letTheScheduleRun,
    },
    {
        content: "the page of the run has found out that it is done",
        trigger: ".o_arrow_button_current:contains(Done)",
    },
];

registry.category("web_tour.tours").add("magento_stock_first_send", {
    steps: () => [
        { trigger: ".o_magento_checklist .alert:contains(Stock was never sent) [name=action_send_stock]", run: "click" },
        ...letTheRunEnd,
        { trigger: ".alert:contains(Quantities that differ: 2)" },
        { trigger: ".alert [name=action_review_stock]", run: "click" },
        { trigger: ".modal [name=change_count]:contains(2)" },
        { trigger: ".modal [name=zero_count]:contains(1)" },
        { trigger: ".modal .alert-danger:contains(can no longer be bought)" },
        { trigger: ".modal [name=action_send]", run: "click" },
        ...letTheRunEnd,
        { trigger: ".alert-success:contains(Magento has Odoo's quantities)" },
    ],
});

registry.category("web_tour.tours").add("magento_stock_delivery", {
    steps: () => [
        { trigger: ".o_statusbar_buttons [name=button_validate]", run: "click" },
        { trigger: ".o_form_view:has(.o_arrow_button_current:contains(Done))", run: letTheScheduleRun },
        { trigger: ".o_navbar_apps_menu button", run: "click" },
        { trigger: ".o_app[data-menu-xmlid='magento_connector.menu_magento']", run: "click" },
        { trigger: "[data-menu-xmlid='magento_connector.menu_magento_stock']", run: "click" },
        { trigger: ".o_data_row:contains(TOUR-STOCK-1) [name=qty_magento]:contains(7.00)" },
        { trigger: ".o_data_row:contains(TOUR-STOCK-2) [name=qty_magento]:contains(0.00)" },
    ],
});
