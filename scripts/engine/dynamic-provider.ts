import { accessSync, constants, copyFileSync } from "node:fs";
import { dirname, join } from "node:path";

const NAME = "pulumi-resource-pulumi-nodejs";

/** The SDK's folder, which has the script that starts dynamic providers. */
export function sdkDirectory(): string {
    return dirname(require.resolve("@pulumi/pulumi/package.json"));
}

/**
 * Puts that script beside the CLI, where Pulumi's own distribution has it: the engine finds it on PATH too, but warns
 * of it at every run. A folder that cannot be written costs that warning, nothing else.
 */
export function placeDynamicProvider(bin: string): void {
    try {
        accessSync(join(bin, "pulumi"), constants.X_OK);
        copyFileSync(join(sdkDirectory(), NAME), join(bin, NAME), constants.COPYFILE_EXCL);
    } catch {
        // It is there already, or the folder is not ours.
    }
}
