import { connect } from "node:net";
import { type Catalog, TransshipError } from "transship";

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
        throw new TransshipError(
            "LOCAL_REGISTRIES_DOWN",
            `The local registries are not running (nothing listens on ${down.join(", ")}): start them with ` +
                "`npm start -- --keep` in another terminal, or let `npm start` do the whole run.",
        );
    }
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
