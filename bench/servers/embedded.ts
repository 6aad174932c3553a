import { join } from "node:path";
import { Child } from "./child";
import type { FromEmbedded, ToEmbedded } from "./embedded-main";
import type { RegistryMake, RegistryServer } from "./registry-server";

/** The package's own registry. It counts in memory, so that a count costs it nothing. */
export const embeddedRegistry: RegistryMake = {
    title: "embedded registry",

    async start(directory: string): Promise<RegistryServer> {
        const { child, ready } = await Child.start<ToEmbedded, FromEmbedded>(
            "The embedded registry",
            join(__dirname, "embedded-main.ts"),
            [directory],
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
    },
};
