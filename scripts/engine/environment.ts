import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { sdkDirectory } from "./dynamic-provider";

export interface EngineEnvironmentOptions {
    /** Absolute path of the CLI. */
    readonly command: string;
    /** Folder of the file backend, which must exist; left out, the backend stays the user's choice. */
    readonly stateDirectory?: string;
    readonly env?: NodeJS.ProcessEnv;
}

/**
 * The variables with which the engine runs the local stack: its own folder and that of the dynamic provider on PATH,
 * the state below the checkout, and no question on the terminal. The empty passphrase is no secret and protects none:
 * the local stack's state holds nothing secret. A passphrase that the user has set is kept.
 */
export function engineEnvironment(options: EngineEnvironmentOptions): Record<string, string> {
    const env = options.env ?? process.env;
    const sdk = sdkDirectory();
    const path = [dirname(options.command), sdk, dirname(process.execPath), env.PATH ?? ""];
    return {
        PATH: path.filter((entry) => entry !== "").join(delimiter),
        PULUMI_SKIP_UPDATE_CHECK: "true",
        ...(env.PULUMI_CONFIG_PASSPHRASE_FILE ? {} : { PULUMI_CONFIG_PASSPHRASE: env.PULUMI_CONFIG_PASSPHRASE ?? "" }),
        ...(options.stateDirectory
            ? { PULUMI_BACKEND_URL: pathToFileURL(join(options.stateDirectory, ".")).href }
            : {}),
    };
}
