import { connect } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import type { Catalog } from "transship";

/** Milliseconds; on loopback an answer comes at once or never. */
const PATIENCE = 2_000;

/**
 * The local environment sends every registry to one that `npm start` runs on this machine. Without them each image
 * would fail for itself; one sentence says what to do instead. Other environments are not asked.
 */
export async function requireLocalRegistries(catalog: Catalog): Promise<void> {
    const hosts = Object.values(catalog.registries)
        .map(({ host }) => host)
        .filter((host) => /^127\.0\.0\.1:\d+$/.test(host));
    const answers = await Promise.all(hosts.map(listens));
    const down = hosts.filter((_, index) => !answers[index]).sort();
    if (down.length > 0) {
        throw withoutStack(
            `The local registries are not running (nothing listens on ${down.join(", ")}): start them with ` +
                "`npm start -- --keep` in another terminal, or let `npm start` do the whole run.",
        );
    }
}

/**
 * Pulumi prints a RunError as its message alone, but formats its stack all the same, for a trace; where a frame is a
 * file right below `node_modules/@pulumi`, Node 20's `util.inspect` fills half a gigabyte (20 s) before it gives up.
 */
function withoutStack(message: string): pulumi.RunError {
    const error = new pulumi.RunError(message);
    error.stack = undefined;
    return error;
}

function listens(host: string): Promise<boolean> {
    const [address, port] = host.split(":");
    return new Promise((resolve) => {
        const socket = connect({ host: address, port: Number(port), timeout: PATIENCE });
        const end = (answer: boolean) => {
            socket.destroy();
            resolve(answer);
        };
        socket
            .once("connect", () => end(true))
            .once("error", () => end(false))
            .once("timeout", () => end(false));
    });
}
