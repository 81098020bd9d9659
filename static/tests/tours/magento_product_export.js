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

function sendToMagento(attribute) {
    return [
        { trigger: `.o_data_row:has([name=attribute_code]:contains(/^${attribute}$/)) [name=field_label]`, run: "click" },
        { trigger: ".o_field_widget[name=direction] .o_radio_item:contains(To Magento) input", run: "click" },
        { trigger: ".o_form_button_save:enabled", run: "click" },
        { trigger: ".o_form_saved" },
        { trigger: ".o_back_button, .breadcrumb-item a", run: "click" },
        { trigger: `.o_data_row:has([name=attribute_code]:contains(/^${attribute}$/)) [name=direction]:contains(To Magento)` },
    ];
}

registry.category("web_tour.tours").add("magento_map_a_field", {
    steps: () => [...sendToMagento("ean"), ...sendToMagento("image")],
});

registry.category("web_tour.tours").add("magento_export_a_product", {
    steps: () => [
        { trigger: ".o_notebook .nav-link[name=magento]", run: "click" },
        { trigger: "[name=action_export_to_magento]", run: "click" },
        { trigger: ".modal [name=new_count]:contains(1)" },
        { trigger: ".modal [name=action_preview]", run: "click" },
        ...letTheRunEnd,
        { trigger: "[name=action_open_changes]", run: "click" },
        { trigger: ".o_group_name:contains(New)", run: "click" },
        { trigger: ".o_data_row:contains(Barcode) [name=new_value]:contains(4006381333931)" },
        { trigger: ".o_data_row [name=direction]:contains(Into Magento)" },
        { trigger: ".breadcrumb-item:contains(run) a, .o_back_button", run: "click" },
        { trigger: "[name=action_export_previewed]", run: "click" },
        ...letTheRunEnd,
        { trigger: ".o_form_view:not(:has(.alert-danger:not(.o_invisible_modifier) [name=failed_count]))" },
    ],
});
