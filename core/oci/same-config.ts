import { isObject } from "./descriptor";

/** What says how a container runs: OCI's keys (image-spec, config.md), and Docker's that have an effect of their own. */
const EXECUTION = [
    "User",
    "ExposedPorts",
    "Env",
    "Entrypoint",
    "Cmd",
    "Volumes",
    "WorkingDir",
    "Labels",
    "StopSignal",
    "StopTimeout",
    "ArgsEscaped",
    "Healthcheck",
    "OnBuild",
    "Shell",
];
const PLATFORM = ["os", "architecture", "variant", "os.version", "os.features"];

/**
 * In what two configs of images differ, as the name of a key; undefined where containers of both are the same. A tool
 * that converts between Docker's format and OCI's writes the config anew, and leaves out what only a build of Docker's
 * has (`container_config`, `Hostname`, …). When and by whom it was built, and its history, are not compared. Pure.
 */
export function configDifference(one: Uint8Array, other: Uint8Array): string | undefined {
    const [first, second] = [read(one), read(other)];
    if (first === undefined || second === undefined) {
        return "config";
    }
    const differs = (key: string): boolean => first.get(key) !== second.get(key);
    return [...PLATFORM, "rootfs", ...EXECUTION].find(differs);
}

/** Key -> its value as canonical text; what is empty is left out, since tools write it or not. */
function read(bytes: Uint8Array): Map<string, string> | undefined {
    let body: unknown;
    try {
        body = JSON.parse(Buffer.from(bytes).toString("utf8"));
    } catch {
        return undefined;
    }
    if (!isObject(body)) {
        return undefined;
    }
    const execution = isObject(body.config) ? body.config : {};
    const entries = [
        ...[...PLATFORM, "rootfs"].map((key) => [key, body[key]] as const),
        ...EXECUTION.map((key) => [key, execution[key]] as const),
    ];
    return new Map(entries.flatMap(([key, value]) => (isEmpty(value) ? [] : [[key, canonical(value)] as const])));
}

function isEmpty(value: unknown): boolean {
    if (value === undefined || value === null || value === "" || value === false || value === 0) {
        return true;
    }
    return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

function canonical(value: unknown): string {
    if (!isObject(value)) {
        return JSON.stringify(Array.isArray(value) ? value.map((item) => JSON.parse(canonical(item))) : value);
    }
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}
