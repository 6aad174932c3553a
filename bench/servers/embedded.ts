import { join } from "node:path";
import { Child } from "./child";
import type { FromEmbedded, ToEmbedded } from "./embedded-main";
import type { RegistryMake, RegistryServer } from "./registry-server";

/** The package's own registry. It counts in memory, so that a count costs it nothing. */
export const embeddedRegistry: RegistryMake = {
    title: "embedded registry",
    start: (directory) => start([directory]),
};

/** The same, which takes manifests without what is below them. */
export const bareRegistry: RegistryMake = {
    title: "embedded registry",
    start: (directory) => start([directory, "bare"]),
};

async function start(args: readonly string[]): Promise<RegistryServer> {
    const { child, ready } = await Child.start<ToEmbedded, FromEmbedded>(
        "The embedded registry",
        join(__dirname, "embedded-main.ts"),
        args,
    );
    return {
        host: ready.host,
        pid: () => child.pid,
        async count(work) {
            await child.ask({ reset: true });
            await work();
            return (await child.ask({ reset: false })).counts;
        },
        close: () => child.close(),
    };
}
