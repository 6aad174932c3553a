import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { imageIndex, pushTree } from "../images";

/**
 * `docker` without a daemon, as far as our pipelines call it: `login` writes what Docker would, `buildx build` makes an
 * image of the platforms that are asked for, with BuildKit's attestations, and pushes it by digest. Whatever it cannot
 * do as the real one would, it refuses. Each call is a line of the file `$DOCKER_LOG`.
 */
async function main(args: readonly string[]): Promise<void> {
    const { DOCKER_CONFIG = "", DOCKER_LOG = "" } = process.env;
    appendFileSync(DOCKER_LOG, `${JSON.stringify(args)}\n`);
    const [first, second] = args;
    if (first === "login") {
        return login(args.slice(1), join(DOCKER_CONFIG, "config.json"));
    }
    switch (first === "buildx" ? second : undefined) {
        case "create":
            console.log("brave_builder");
            return;
        case "rm":
            return;
        case "build":
            return build(args.slice(2), join(DOCKER_CONFIG, "config.json"));
        default:
            throw new Error(`docker ${args.join(" ")} is not played here`);
    }
}

interface Auths {
    readonly auths: Record<string, { readonly auth: string }>;
}

function login(args: readonly string[], file: string): void {
    const { options, rest } = read(args, ["--username"], ["--password-stdin"]);
    const [host = ""] = rest;
    const password = readFileSync(0, "utf8");
    const username = options.get("--username")?.[0] ?? "";
    if (password === "" || username === "") {
        throw new Error("Username and password required");
    }
    const { auths } = readConfig(file);
    auths[host] = { auth: Buffer.from(`${username}:${password}`).toString("base64") };
    writeFileSync(file, JSON.stringify({ auths }));
    console.log("Login Succeeded");
}

const TAKES = ["--builder", "--platform", "--file", "--target", "--build-arg", "--label", "--provenance", "--sbom"];

async function build(args: readonly string[], configFile: string): Promise<void> {
    const { options, rest } = read(args, [...TAKES, "--output", "--metadata-file", "--cache-from", "--cache-to"], []);
    const [context = ""] = rest;
    const [file = join(context, "Dockerfile")] = options.get("--file") ?? [];
    if (!existsSync(file)) {
        throw new Error(`failed to read dockerfile: open ${file}: no such file or directory`);
    }
    if (options.get("--builder")?.[0] !== "brave_builder") {
        throw new Error("no builder found");
    }
    const output = new Map(
        (options.get("--output")?.[0] ?? "").split(",").map((part) => part.split("=", 2) as [string, string]),
    );
    if (output.get("push") !== "true") {
        return;
    }
    const [host = "", ...path] = (output.get("name") ?? "").split("/");
    if (output.get("push-by-digest") !== "true" || output.get("name-canonical") !== "true") {
        throw new Error("this stand-in pushes by digest only");
    }
    const platforms = options.get("--platform")?.[0]?.split(",") ?? [];
    const attestations = options.get("--provenance")?.[0] !== "false" || options.get("--sbom")?.[0] === "true";
    const tree = imageIndex({ platforms, attestations });
    const { auth = "" } = readConfig(configFile).auths[host] ?? {};
    const [username = "", password = ""] = Buffer.from(auth, "base64").toString("utf8").split(/:(.*)/s);
    await pushTree(host, path.join("/"), tree, auth === "" ? {} : { auth: { username, password } });
    const metadata = options.get("--metadata-file")?.[0];
    if (metadata !== undefined) {
        writeFileSync(
            metadata,
            JSON.stringify({ "containerimage.digest": tree.root, "image.name": output.get("name") }),
        );
    }
}

function readConfig(file: string): Auths {
    mkdirSync(join(file, ".."), { recursive: true });
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { auths: {} };
}

/** Options with a value or without one, and what is left; behind `--` nothing is an option. */
function read(args: readonly string[], valued: readonly string[], flags: readonly string[]) {
    const options = new Map<string, string[]>();
    const rest: string[] = [];
    for (let at = 0; at < args.length; at += 1) {
        const [, name = "", value] = /^(--[a-z-]+)(?:=(.*))?$/s.exec(args[at] ?? "") ?? [];
        if (args[at] === "--") {
            rest.push(...args.slice(at + 1));
            break;
        }
        if (valued.includes(name)) {
            options.set(name, [...(options.get(name) ?? []), value ?? args[++at] ?? ""]);
        } else if (name !== "" && !flags.includes(name)) {
            throw new Error(`unknown flag: ${name}`);
        } else if (name === "") {
            rest.push(args[at] ?? "");
        }
    }
    return { options, rest };
}

main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(`ERROR: ${(error as Error).message}`);
    process.exitCode = 1;
});
