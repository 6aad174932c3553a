import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../core/oci";
import type { RegistryClient } from "../../core/registry";
import { startDockerRegistry } from "../support/docker-registry";
import { embedded } from "../support/embedded";
import { describeWith } from "../support/require-program";
import { bytesOf, clientOf } from "./scripted-server";

const BYTES = randomBytes(1000);
const BLOB = { digest: digestOf(BYTES), size: BYTES.length };

/** Uploads twice with the target as the mount's source; returns what each time came to and cost. */
async function twice(client: RegistryClient, repository: string): Promise<[string, number][]> {
    const outcomes: [string, number][] = [];
    for (let time = 0; time < 2; time += 1) {
        const before = client.stats.requests;
        const open = async (offset: number) => bytesOf(BYTES.subarray(offset));
        const outcome = await client.uploadBlob(repository, BLOB, open, { mountFrom: [repository] });
        outcomes.push([outcome, client.stats.requests - before]);
    }
    return outcomes;
}

const ONE_REQUEST = [
    ["uploaded", 2],
    ["mounted", 1],
];

describe("a mount from the target itself", () => {
    it("tells an embedded registry's blob by one request, and opens the session where it is absent", async () => {
        const registry = await embedded();
        expect(await twice(clientOf(registry, { kind: "distribution" }), "team/app")).toEqual(ONE_REQUEST);
    });

    it("needs one token, that of the push", async () => {
        const registry = await embedded({ auth: { kind: "bearer", users: { me: "secret" } } });
        const credentials = { pull: { from: "config", key: "me" }, push: { from: "config", key: "me" } } as const;
        const client = clientOf(
            registry,
            { kind: "distribution", credentials },
            { credentials: { me: { username: "me", password: "secret" } } },
        );
        // A 401 and a token before the first.
        expect(await twice(client, "team/app")).toEqual([
            ["uploaded", 4],
            ["mounted", 1],
        ]);
    });

    it("is promised only for the kinds where it is proven", async () => {
        const kinds = ["distribution", "zot", "quay", "harbor", "ghcr", "ecr", "dockerhub", "other"] as const;
        const host = { host: "127.0.0.1:1" };
        const promised = kinds.filter((kind) => clientOf(host, { kind }).quirks.mountsFromItself === true);
        expect(promised).toEqual(["distribution", "zot", "quay"]);
    });
});

describeWith(["docker-registry"], "a mount from the target itself, at distribution", (programs) => {
    it("costs one request where the blob is there and none more where it is not", async () => {
        const registry = await startDockerRegistry(programs["docker-registry"]);
        try {
            const client = clientOf(registry, { kind: "distribution" });
            expect(await twice(client, "team/app")).toEqual(ONE_REQUEST);
        } finally {
            await registry.close();
        }
    });
});
