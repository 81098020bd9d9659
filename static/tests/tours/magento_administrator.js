import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

function call(model, method, args) {
    return rpc(`/web/dataset/call_kw/${model}/${method}`, { model, method, args, kwargs: {} });
}

// The scheduled action does the work: let it run now, as the server's scheduler would. The page shows the end by itself.
const letTheRunEnd = [
    {
        content: "the run is open, and not waited for",
        trigger: ".o_form_view:has(.o_arrow_button_current:contains(Queued))",
        async run() {
            const crons = await call("ir.cron", "search", [[["code", "=", "model._cron_synchronize()"]]]);
            await call("ir.cron", "method_direct_trigger", [crons]);
        },
    },
    {
        content: "the page of the run has found out that it is done",
        trigger: ".o_arrow_button_current:contains(Done)",
    },
];

registry.category("web_tour.tours").add("magento_administrator", {
    url: "/odoo/action-magento_connector.action_magento_dashboard",
    steps: () => [
        // connect
        { trigger: ".o_view_nocontent:contains(Connect your first Magento shop)" },
        { trigger: ".o-kanban-button-new", run: "click" },
        { trigger: "[name=name] input", run: "edit Tour Shop" },
        { trigger: "[name=username] input", run: "edit odoo" },
        { trigger: "[name=api_key] input", run: "edit sandbox-key" },
        { trigger: ".o_statusbar_buttons [name=action_connect]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Connected)" },
        { trigger: ".o_magento_checklist .alert-success:contains(Everything is set up)" },
        { trigger: ".nav-link:contains(Store Views)", run: "click" },
        { trigger: "[name=store_view_ids] .o_data_row:contains(EU Deutsch)" },

        // import
        { trigger: ".o_statusbar_buttons [name=action_import_orders]", run: "click" },
        ...letTheRunEnd,
        { trigger: ".alert-danger:contains(could not be imported: 2)" },

        // see a failure, and map its tax
        { trigger: ".alert-danger [name=action_open_orders]", run: "click" },
        { trigger: ".o_data_row:contains(13.37) td[name=increment_id]", run: "click" },
        { trigger: ".alert-danger:contains(Tax not mapped)" },
        { trigger: "[name=payload_view]:contains(Grand total):contains(Gäst Käufer)" },
        { trigger: ".alert-danger [name=action_open_cause]:contains(Map Taxes)", run: "click" },
        { trigger: ".o_data_row:contains(13.37) td[name=tax_ids]", run: "click" },
        { trigger: ".o_selected_row [name=tax_ids] input", run: "edit County" },
        { trigger: ".o-autocomplete--dropdown-item:contains(County 13.37)", run: "click" },
        { trigger: ".o_list_button_save:visible", run: "click" },
        { trigger: ".o_data_row:not(.o_selected_row) [name=tax_ids] .o_tag:contains(County 13.37)" },

        // the order is imported by itself
        { trigger: "[data-menu-xmlid='magento_connector.menu_magento_orders']", run: "click" },
        { trigger: "[data-menu-xmlid='magento_connector.menu_magento_run']", run: "click" },
        { trigger: ".o_data_row:contains(Queued) td[name=create_date]", run: "click" },
        ...letTheRunEnd,
        { trigger: ".alert-success:contains(All orders are imported)" },

        // see the other failure, fix its cause, import again
        { trigger: "[data-menu-xmlid='magento_connector.menu_magento_orders']", run: "click" },
        { trigger: "[data-menu-xmlid='magento_connector.menu_magento_order']", run: "click" },
        { trigger: ".o_data_row:contains(do not add up) td[name=increment_id]", run: "click" },
        { trigger: ".alert-danger [name=action_open_cause]:contains(Open Instance)", run: "click" },
        { trigger: ".nav-link:contains(Options)", run: "click" },
        { trigger: "[name=leftover_policy] .o_radio_item:contains(line of its own) input", run: "click" },
        ...stepUtils.saveForm(),
        { trigger: ".breadcrumb-item.o_back_button", run: "click" },
        { trigger: ".o_statusbar_buttons [name=action_import_again]", run: "click" },
        ...letTheRunEnd,
        { trigger: ".alert-success:contains(All orders are imported)" },

        // the sale order
        { trigger: ".o-form-buttonbox [name=action_open_orders]", run: "click" },
        { trigger: ".o_data_row:contains(Imported) td[name=increment_id]", run: "click" },
        { trigger: ".o_statusbar_buttons [name=action_open_sale_order]", run: "click" },
        { trigger: ".nav-link[name=magento]", run: "click" },
        { trigger: "[name=magento_payment_method]:contains(checkmo)" },
    ],
});
