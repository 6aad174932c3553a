import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Catalog, compactCatalog, expandLock, type Lock } from "../../core/catalog";
import { fleetHooks } from "../../core/lifecycle/fleet";
import { Session } from "../../core/lifecycle/session";
import type { FleetInputs, FleetState } from "../../core/lifecycle/types";
import type { CopyState, Registries } from "../../core/mirror";
import { catalogFor } from "../mirror/world";
import { fleetInputs } from "./stack";

const IMAGES = 1000;
const LIMIT = 1024 * 1024;
const names = Array.from({ length: IMAGES }, (_, number) => `team-${number % 17}-service-${number}`);

function catalogOfAThousand(): Catalog {
    const images = names.map((name, number) => [
        name,
        {
            source: `docker.io/organisation-${number % 23}/${name}`,
            tags: [`1.${number}.0`],
            targets: ["ghcr", "ecr"],
            wave: number % 3,
        },
    ]);
    const hosts = {
        hub: { host: "docker.io" },
        ghcr: { host: "ghcr.io/organisation" },
        ecr: { host: "111111111111.dkr.ecr.eu-west-1.amazonaws.com/mirror" },
    };
    return catalogFor(hosts, Object.fromEntries(images));
}

const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const present = (digest: string): CopyState => ({ status: "present", digest, mediaType: "application/x", size: 1 });

/** As most images are: for two platforms, with an attestation for each. */
function indexOf(repository: string): Buffer {
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const platforms = ["amd64", "arm64", "unknown", "unknown"].map((architecture, number) => ({
        mediaType,
        digest: digestOf(`${repository} ${number}`),
        size: 1000,
        platform: { architecture, os: architecture === "unknown" ? "unknown" : "linux" },
    }));
    const body = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: platforms };
    return Buffer.from(JSON.stringify(body));
}

type Answer = (repository: string, registry: string) => CopyState;

/** A session whose registries say what the test says: this is about what is kept of it, not how it is asked. */
class ScriptedSession extends Session {
    constructor(private readonly answer: Answer) {
        super(
            () => new Date("2026-01-01T00:00:00Z"),
            () => undefined,
        );
    }

    override registries(): Registries {
        const client = (registry: string) => ({
            expect: () => undefined,
            headManifest: async (repository: string) => {
                const state = this.answer(repository, registry);
                return state.status === "present"
                    ? state
                    : Promise.reject(new Error("the registry is down ".repeat(20)));
            },
            getManifest: async (repository: string) => ({
                bytes: indexOf(repository),
                mediaType: "application/vnd.oci.image.index.v1+json",
            }),
        });
        return { client } as unknown as Registries;
    }
}

/** Inputs and outputs of every wave, as the backend keeps them. */
async function stateWith(answer: Answer, lock: Lock = {}, upstream: Catalog["upstream"] = "follow"): Promise<object[]> {
    const catalog = { ...catalogOfAThousand(), upstream };
    const session = new ScriptedSession(answer);
    const hooks = fleetHooks(() => session);
    const kept: object[] = [];
    for (const wave of [0, 1, 2]) {
        const images = names.filter((name) => catalog.images[name]?.wave === wave);
        const part = Object.fromEntries(images.flatMap((name) => (lock[name] ? [[name, lock[name]]] : []))) as Lock;
        const inputs = fleetInputs(catalog, { wave, catalog: compactCatalog(catalog, images), lock: part });
        const checked = await hooks.check({} as FleetInputs, inputs);
        const outs = await hooks.create(checked.inputs as FleetInputs).then(
            (done) => done.outs,
            (error: { properties: FleetInputs }) => error.properties,
        );
        kept.push(checked.inputs as FleetInputs, outs);
    }
    return kept;
}

const shown = (repository: string) => present(digestOf(repository.slice(repository.lastIndexOf("/") + 1)));
const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const tell = (what: string, state: unknown): void =>
    console.info(`state of ${IMAGES} images x 3 registries, ${what}: ${Math.round(bytes(state) / 1024)} KiB`);

describe(`the state of ${IMAGES} images at three registries`, () => {
    it("stays below 1 MiB, inputs and outputs together", async () => {
        const state = await stateWith(shown);
        expect(state).toHaveLength(6);
        const proven = state.flatMap((part) => Object.values(expandLock((part as Partial<FleetState>).proven ?? {})));
        expect(proven).toHaveLength(IMAGES);
        expect(Object.keys(Object.values(proven[0] ?? {})[0]?.platforms ?? {})).toEqual(["linux/amd64", "linux/arm64"]);
        tell("carried once", state);
        expect(bytes(state)).toBeLessThan(LIMIT);
    });

    it("stays below it while a registry is down, whose every answer is a long one", async () => {
        const state = await stateWith((repository, registry) =>
            registry === "ecr" ? { status: "missing" } : shown(repository),
        );
        tell("one of them down", state);
        expect(bytes(state)).toBeLessThan(LIMIT);
    });

    it("stays below it at the worst: each image locked by the file, with five digests behind it", async () => {
        const lock: Lock = Object.fromEntries(
            names.map((name, number) => {
                const history = Array.from({ length: 5 }, (_, old) => digestOf(`${name} ${old}`));
                const entry = { digest: digestOf(name), history, since: "2026-01-01T00:00:00.000Z" };
                return [name, { [`1.${number}.0`]: entry }];
            }),
        );
        const state = await stateWith(shown, lock, "locked");
        tell("locked with full histories", state);
        expect(bytes(state)).toBeLessThan(LIMIT);
    });
});
