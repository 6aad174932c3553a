import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Catalog, listCopies } from "../../core/catalog";
import { circumstancesOf, type JudgedCopy, look } from "../../core/mirror";
import type { RegistryPool } from "../../core/registry";
import { type EmbeddedAuth, type EmbeddedRegistry, startEmbeddedRegistry } from "../../core/registry/embedded";
import { embeddedForFile } from "../support/embedded";
import { putManifests } from "../support/many-images";
import { catalogFor, poolFor } from "./world";

const run = promisify(execFile);
const IMAGES = 1000;
const names = Array.from({ length: IMAGES }, (_, index) => `team-${index % 17}/service-${index}`);

let folder = "";

afterAll(() => rm(folder, { recursive: true, force: true }));

const bearer: EmbeddedAuth = { kind: "bearer", users: { me: "secret" }, anonymousPull: true };
const basic: EmbeddedAuth = { kind: "basic", users: { AWS: "given" } };

let hub: EmbeddedRegistry;
let quay: EmbeddedRegistry;
let ecr: EmbeddedRegistry;
let catalog: Catalog;

/** A thousand images at a source like ghcr, and at a Bearer and a Basic registry, all equal. */
beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "transship-test-"));
    const [first, second, third] = ["1", "2", "3"].map((name) => join(folder, name)) as [string, string, string];
    const open = await startEmbeddedRegistry({ root: first, allowMissing: true });
    await putManifests(
        open.host,
        names.map((name) => ({ repository: `mirror/${name}`, tag: "1.0", name })),
    );
    await open.close();
    await Promise.all([second, third].map((copy) => run("cp", ["-r", first, copy])));
    hub = await embeddedForFile({ root: first, auth: { ...bearer, publicToken: true } });
    quay = await embeddedForFile({ root: second, auth: bearer });
    ecr = await embeddedForFile({ root: third, auth: basic });
    const images = Object.fromEntries(
        names.map((name) => [
            name.replace("/", "-"),
            { source: `${hub.host}/mirror/${name}`, tags: ["1.0"], targets: ["quay", "ecr"] },
        ]),
    );
    catalog = catalogFor({ hub, quay, ecr }, images, {
        hub: { kind: "ghcr" },
        quay: { host: quay.host, kind: "quay", credentials: { from: "env", username: "NAME", password: "WORD" } },
        ecr: { host: ecr.host, kind: "ecr", credentials: { from: "aws", region: "eu-west-1" } },
    });
});

/** Credentials of both kinds, and how often AWS was asked. */
function pool(): { readonly registries: RegistryPool; readonly given: () => number } {
    let given = 0;
    const loadModule = async (): Promise<unknown> => ({
        GetAuthorizationTokenCommand: class {},
        ECRClient: class {
            async send() {
                given += 1;
                return { authorizationData: [{ authorizationToken: Buffer.from("AWS:given").toString("base64") }] };
            }
        },
    });
    const env = { NAME: "me", WORD: "secret" };
    return { registries: poolFor(catalog, { env, loadModule }), given: () => given };
}

function wellOf(judged: readonly JudgedCopy[]): number {
    return judged.filter(({ verdict }) => verdict === "consistent").length;
}

describe(`a look at ${IMAGES} images at three registries`, () => {
    it("costs one HEAD for each copy, and as few tokens as each registry allows", async () => {
        for (const registry of [hub, quay, ecr]) {
            registry.requests.reset();
        }
        const { registries, given } = pool();
        const judged = await look(catalog, listCopies(catalog), circumstancesOf(catalog), registries);
        expect(wellOf(judged)).toBe(3 * IMAGES);
        // One request without a token tells where tokens are; then one for all that is public, as at ghcr.
        expect(hub.requests.snapshot()).toEqual({ "GET token": 1, "HEAD manifest": IMAGES + 1 });
        // Sixteen repositories a token.
        expect(quay.requests.snapshot()).toEqual({ "GET token": 63, "HEAD manifest": IMAGES + 1 });
        // One password for the registry.
        expect(ecr.requests.snapshot()).toEqual({ "HEAD manifest": IMAGES });
        expect(given()).toBe(1);
    });

    it("costs the same again, and no further tokens, while they last", async () => {
        const { registries } = pool();
        await look(catalog, listCopies(catalog), circumstancesOf(catalog), registries);
        for (const registry of [hub, quay, ecr]) {
            registry.requests.reset();
        }
        const judged = await look(catalog, listCopies(catalog), circumstancesOf(catalog), registries);
        expect(wellOf(judged)).toBe(3 * IMAGES);
        for (const registry of [hub, quay, ecr]) {
            expect(registry.requests.snapshot()).toEqual({ "HEAD manifest": IMAGES });
        }
    });
});
