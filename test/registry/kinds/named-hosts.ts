import { connect } from "node:net";
import { Agent } from "undici";
import { afterEach } from "vitest";
import { type CatalogDefinition, defineCatalog } from "../../../core/catalog";
import type { ClientEnvironment } from "../../../core/registry";
import { type Host, poolFor, rawBlob, rawManifest, sync, verdictsOf } from "../../mirror/world";
import type { ImageTree } from "../../support/images";

const agents: Agent[] = [];

afterEach(async () => {
    await Promise.all(agents.splice(0).map((agent) => agent.destroy()));
});

/**
 * Connections to public names that end at registries of this machine: `quay.io` or `nexus.example.com:5000` to a
 * registry. The wire has HTTP/1.1 without TLS, all above it believes in HTTPS.
 */
export function dispatcherTo(hosts: Readonly<Record<string, Host>>): Agent {
    const agent = new Agent({
        connect: ({ hostname, port }, done) => {
            const found = hosts[port === "" || port === "443" ? hostname : `${hostname}:${port}`];
            if (found === undefined) {
                done(new Error(`No test registry is called ${hostname}:${port}`), null);
                return;
            }
            const socket = connect(Number(found.host.split(":")[1]), "127.0.0.1");
            socket.once("error", (error) => done(error, null)).once("connect", () => done(null, socket));
        },
    });
    agents.push(agent);
    return agent;
}

/** A registry of some kind under the name that it has in the world. */
export interface Place {
    /** Host with the path that prefixes its repositories, as in a catalogue. */
    readonly host: string;
    /** Left out, it follows from the host. */
    readonly kind?: string;
    /** A catalogue's `credentials`. @default anonymous */
    readonly credentials?: object;
    readonly environment?: ClientEnvironment;
    /** Which registries serve the names that it uses, its token service's among them. */
    readonly served: Readonly<Record<string, Host>>;
}

const ANONYMOUS = { from: "anonymous" };

/** Carries an image from a plain registry to the place, and from there to another one; returns what the first came to. */
export async function carryThereAndBack(place: Place, tree: ImageTree, hub: Host, back: Host) {
    const there = await carry(place, hub, "hub.example.com/acme/app");
    if (there.failures.length > 0) {
        return there;
    }
    const again = await carry(place, back, `${place.host}/acme/app`, "back");
    if (again.failures.length > 0 || !verdictsOf(again).includes("app:1@back consistent")) {
        throw new Error(`carried there, but not back: ${JSON.stringify([again.failures, verdictsOf(again)])}`);
    }
    const path = place.host.includes("/") ? `${place.host.slice(place.host.indexOf("/") + 1)}/` : "";
    for (const { bytes, digest } of tree.manifests) {
        const raw = await rawManifest(back, `${path}acme/app`, digest);
        if (!raw.bytes.equals(bytes)) {
            throw new Error(`the manifest ${digest} came back with other bytes`);
        }
    }
    for (const [digest, bytes] of tree.blobs) {
        if (!(await rawBlob(back, `${path}acme/app`, digest))?.equals(bytes)) {
            throw new Error(`the blob ${digest} came back with other bytes, or not at all`);
        }
    }
    return there;
}

/** One sync of one image, between the place and the plain registry. */
export async function carry(place: Place, plain: Host, source: string, target = "place") {
    const name = target === "place" ? "hub.example.com" : "back.example.com";
    const catalog = defineCatalog({
        version: 1,
        registries: {
            place: {
                host: place.host,
                ...(place.kind === undefined ? {} : { kind: place.kind }),
                credentials: place.credentials ?? ANONYMOUS,
            },
            [target === "place" ? "hub" : "back"]: { host: name, kind: "distribution", credentials: ANONYMOUS },
        },
        images: { app: { source, tags: ["1"], targets: [target] } },
    } as unknown as CatalogDefinition);
    const environment = {
        ...place.environment,
        dispatcher: dispatcherTo({ ...place.served, [name]: plain }),
    };
    return sync(catalog as never, { pool: poolFor(catalog as never, environment) });
}
