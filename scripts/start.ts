import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { loadCatalog } from "../core/catalog";
import { describeError, TransshipError } from "../core/errors";
import { type Engine, ensureEngine } from "./engine";
import { type LocalDirectory, prepareDirectory } from "./local/directory";
import type { LocalCredentials } from "./local/registries";
import { LOCAL_HOST, LOCAL_REGISTRIES } from "./local/registries";
import { RegistryProcess } from "./local/registry-process";
import { describeChanges, describeCost, printMatrix } from "./local/report";
import { seedSources } from "./local/seed";

const CHECKOUT = join(__dirname, "..");
/** Milliseconds that the engine has to end by itself after Ctrl-C, before it is told again. */
const ENGINE_SETTLE = 10_000;
const CATALOG = join(CHECKOUT, "stacks", "images", "catalog.yaml");

const USAGE = `Usage: npm start [-- --keep]

Carries the images of stacks/images/catalog.yaml between four registries on this machine, by a real \`pulumi up\` of the
stack "local", and prints the digest of every copy.

  --keep   leave the registries running until Ctrl-C
  --help   print this
`;

interface Run {
    readonly directory: LocalDirectory;
    readonly engine: Engine;
    readonly credentials: LocalCredentials;
    readonly registries: RegistryProcess;
    /** Ends what is between the engine's run and the start or end of all. */
    readonly signal: AbortSignal;
    /** Ends the engine's run. */
    readonly engineSignal: AbortSignal;
}

async function main(args: readonly string[], signal: AbortSignal, engineSignal: AbortSignal): Promise<number> {
    const unknown = args.filter((arg) => arg !== "--keep" && arg !== "--help");
    if (unknown.length > 0 || args.includes("--help")) {
        const wrong = unknown.length > 0;
        (wrong ? process.stderr : process.stdout).write(wrong ? `Unknown: ${unknown.join(" ")}\n\n${USAGE}` : USAGE);
        return wrong ? 2 : 0;
    }
    const directory = prepareDirectory(join(CHECKOUT, ".transship"));
    const engine = await ensureEngine({ log: say, signal });
    signal.throwIfAborted();
    say(`Pulumi CLI ${engine.version} (${engine.command})`);
    const credentials = {
        username: process.env.TRANSSHIP_LOCAL_USER || "transship",
        password: process.env.TRANSSHIP_LOCAL_PASSWORD || randomBytes(12).toString("hex"),
    };
    const registries = await RegistryProcess.start(directory.registries, credentials);
    try {
        const code = await carryAndProve({ directory, engine, credentials, registries, signal, engineSignal });
        if (code === 0 && args.includes("--keep")) {
            await keep(credentials, signal);
        }
        return code;
    } finally {
        await registries.stop();
    }
}

async function carryAndProve(run: Run): Promise<number> {
    const { directory, engine, credentials, registries, signal } = run;
    for (const { name, port, standsFor } of LOCAL_REGISTRIES) {
        say(`  ${`${LOCAL_HOST}:${port}`}  ${name.padEnd(8)}${standsFor}`);
    }
    const seeded = await seedSources(loadCatalog(CATALOG, { environment: "local" }), credentials);
    say(seeded > 0 ? `Seeded the sources with ${seeded} example images.` : "The sources hold their images already.");
    signal.throwIfAborted();
    registries.forget();
    const env = localEnvironment(credentials);
    // Loaded here: the SDK costs a second, which bad usage and a port in use must not.
    const { upLocalStack } = await import("./local/stack.js");
    const print = (text: string) => process.stdout.write(text);
    const summary = await upLocalStack({ checkout: CHECKOUT, engine, directory, env, print, signal: run.engineSignal });
    signal.throwIfAborted();
    const spent = await registries.spent();
    const code = printMatrix(CHECKOUT, CATALOG, env);
    say(`\n${describeCost(spent)}\n`);
    say(describeChanges(summary));
    return code;
}

/** What the provider and the command need to reach the registries, a proxy for the rest of the world or not. */
function localEnvironment({ username, password }: LocalCredentials): Record<string, string> {
    const direct = [process.env.NO_PROXY ?? process.env.no_proxy, LOCAL_HOST].filter(Boolean).join(",");
    return {
        TRANSSHIP_LOCAL_USER: username,
        TRANSSHIP_LOCAL_PASSWORD: password,
        NO_PROXY: direct,
        no_proxy: direct,
    };
}

async function keep({ username, password }: LocalCredentials, signal: AbortSignal): Promise<void> {
    say(
        "\nThe registries stay up until Ctrl-C. Beside them, in another terminal, the same stack by the Pulumi CLI:\n\n" +
            `  export TRANSSHIP_LOCAL_USER=${username} TRANSSHIP_LOCAL_PASSWORD=${password} PULUMI_CONFIG_PASSPHRASE=\n` +
            "  pulumi up -s local\n",
    );
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function say(line: string): void {
    process.stdout.write(`${line}\n`);
}

const stop = new AbortController();
const engineStop = new AbortController();
const interrupt = () => stop.abort(new TransshipError("INTERRUPTED", "Interrupted; nothing is left running."));
process.on("SIGINT", () => {
    interrupt();
    // Ctrl-C reaches the engine too, and a second one would end it without letting it settle.
    setTimeout(() => engineStop.abort(), ENGINE_SETTLE).unref();
});
for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
        interrupt();
        engineStop.abort();
    });
}
// An engine that stops at once leaves calls of the program's side unanswered, which nobody in Pulumi's SDK waits for.
process.on("unhandledRejection", (error) => {
    if (!stop.signal.aborted) {
        throw error;
    }
});
main(process.argv.slice(2), stop.signal, engineStop.signal).then(
    (code) => {
        process.exitCode = code;
    },
    (error: unknown) => {
        process.stderr.write(`${describeError(stop.signal.aborted ? stop.signal.reason : error)}\n`);
        process.exitCode = stop.signal.aborted ? 130 : 1;
    },
);
