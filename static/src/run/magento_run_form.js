import { onMounted, onWillUnmount, status } from "@odoo/owl";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

const OPEN_STATES = ["queued", "running"];
const PAUSE = 2000;

/**
 * The form of a run reads its record again every two seconds until the run has ended.
 */
export class MagentoRunFormController extends FormController {
    setup() {
        super.setup();
        onMounted(() => this.waitAndRefresh());
        onWillUnmount(() => clearTimeout(this.refreshTimer));
    }

    waitAndRefresh() {
        this.refreshTimer = setTimeout(async () => {
            await this.refresh();
            if (status(this) !== "destroyed") {
                this.waitAndRefresh();
            }
        }, PAUSE);
    }

    async refresh() {
        const { data } = this.model.root;
        if (!OPEN_STATES.includes(data.state) || document.hidden) {
            return;
        }
        try {
            await this.model.load();
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
        }
    }
}

registry.category("views").add("magento_run_form", {
    ...formView,
    Controller: MagentoRunFormController,
});
