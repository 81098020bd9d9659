import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

function call(model, method, args) {
    return rpc(`/web/dataset/call_kw/${model}/${method}`, { model, method, args, kwargs: {} });
}

// The scheduled action does the work: let it run now, as the server's scheduler would; then look at the page anew.
async function letTheScheduleRun() {
    const crons = await call("ir.cron", "search", [[["code", "=", "model._cron_synchronize()"]]]);
    await call("ir.cron", "method_direct_trigger", [crons]);
}

const lookAnew = [
    { trigger: ".o_breadcrumb .o_last_breadcrumb_item, .o_breadcrumb .active", run: letTheScheduleRun },
    {
        content: "reload the record",
        trigger: ".o_form_view",
        run: () => window.location.reload(),
        expectUnloadPage: true,
    },
];

registry.category("web_tour.tours").add("magento_outbox_rules", {
    steps: () => [
        { trigger: ".nav-link:contains(To Magento)", run: "click" },
        { trigger: ".o_data_row:contains(English) td[name=send_shipments] .form-check-input", run: "click" },
        { trigger: ".o_data_row:contains(English) td[name=send_cancellations] .form-check-input", run: "click" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
    ],
});

registry.category("web_tour.tours").add("magento_outbox_delivery", {
    steps: () => [
        { trigger: ".nav-link:contains(Additional Info)", run: "click" },
        { trigger: "[name=carrier_tracking_ref] input", run: "edit 1Z999AA10" },
        { trigger: ".o_statusbar_buttons [name=button_validate]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Done)" },
        { trigger: "[name=magento_outbox_state]:contains(To Send)" },
        ...lookAnew,
        { trigger: "[name=magento_outbox_state]:contains(Sent)" },
        { trigger: "[name=magento_outbox_number]:contains(10000)" },
        { trigger: "[name=action_open_magento_outbox]", run: "click" },
        { trigger: ".o_data_row:contains(Shipment) [name=state]:contains(Sent)" },
        { trigger: ".o_data_row:contains(Tracking number) [name=state]:contains(Sent)" },
    ],
});

registry.category("web_tour.tours").add("magento_credit_note", {
    steps: () => [
        { trigger: "[name=action_view_invoice]:contains(2)", run: "click" },
        { trigger: ".o_data_row:contains(INV/)" },
        { trigger: ".o_data_row:contains(RINV/) td[name=name]", run: "click" },
        { trigger: ".o_form_view:contains(Credit Note)" },
    ],
});

registry.category("web_tour.tours").add("magento_outbox_retry", {
    steps: () => [
        { trigger: "[name=magento_outbox_state]:contains(Failed)" },
        { trigger: "[name=magento_outbox_message]:contains(on hold)" },
        { trigger: "[name=action_magento_retry]", run: "click" },
        { trigger: ".o_notification:contains(sent to Magento in a moment)" },
        { trigger: "[name=magento_outbox_state]:contains(To Send)" },
        ...lookAnew,
        { trigger: "[name=magento_outbox_state]:contains(Sent)" },
    ],
});
