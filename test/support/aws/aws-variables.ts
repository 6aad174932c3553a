import { afterEach } from "vitest";

let before: NodeJS.ProcessEnv | undefined;

afterEach(() => {
    if (before !== undefined) {
        clear();
        Object.assign(process.env, before);
        before = undefined;
    }
});

const names = () => Object.keys(process.env).filter((name) => name.startsWith("AWS_"));

function clear(): void {
    for (const name of names()) {
        delete process.env[name];
    }
}

/**
 * These of AWS's variables and no others of this process until the test's end, for the SDK, which reads them itself. No
 * files and no instance's metadata, unless the test names them.
 */
export function awsVariables(variables: Readonly<Record<string, string>>): void {
    before ??= Object.fromEntries(names().map((name) => [name, process.env[name]]));
    clear();
    Object.assign(process.env, {
        AWS_CONFIG_FILE: "/nonexistent/config",
        AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
        AWS_EC2_METADATA_DISABLED: "true",
        ...variables,
    });
}
