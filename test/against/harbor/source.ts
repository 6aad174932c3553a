import type { EmbeddedRegistry } from "../../../core/registry/embedded";

/**
 * A second registry that Harbor reaches, which takes pushes from here: `TRANSSHIP_HARBOR_SOURCE`, else an embedded one on
 * this machine's own loopback, for a Harbor on the same machine.
 */
export async function sourceOf(start: () => Promise<EmbeddedRegistry>): Promise<string> {
    const given = process.env.TRANSSHIP_HARBOR_SOURCE;
    return given ? given.replace(/\/+$/, "") : `http://${(await start()).host}`;
}
