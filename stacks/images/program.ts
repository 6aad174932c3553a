import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as transship from "transship";
import { requireLocalRegistries } from "./local-registries";

/**
 * The main scenario: one catalogue, carried and proven for the environment that the stack is named after. This one
 * function is the program of plain `pulumi up` (index.ts) and of `npm start`, which runs it inline.
 */
export async function program() {
    const environment = pulumi.getStack();
    const catalog = transship.loadCatalog(join(__dirname, "catalog.yaml"), { environment });
    await requireLocalRegistries(catalog);

    const fleet = new transship.ImageFleet("images", { catalog });
    new transship.DigestGate("equal", { fleet });

    return { images: fleet.refs, lock: fleet.lock };
}
