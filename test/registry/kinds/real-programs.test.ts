import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { digestOf } from "../../../core/oci";
import { startDockerRegistry, TEST_USER } from "../../support/docker-registry";
import { embedded } from "../../support/embedded";
import { type Family, imageIndex, pushTree } from "../../support/images";
import { describeWith } from "../../support/require-program";
import { bytesOf, clientOf } from "../scripted-server";
import { carryThereAndBack } from "./named-hosts";

const NAME = "registry.example.com:5000";

describeWith(["docker-registry"], "distribution 2.8", (programs) => distribution(programs["docker-registry"]));
describeWith(["distribution"], "distribution 3", (programs) => distribution(programs.distribution));

function distribution(program: string): void {
    it.each<Family>(["oci", "docker"])("takes an image with Basic, and gives it back, as %s", async (family) => {
        const registry = await startDockerRegistry(program, { auth: true });
        try {
            const tree = imageIndex({ family });
            const [hub, back] = [await embedded(), await embedded()];
            await pushTree(hub.host, "acme/app", tree, { tag: "1" });
            const place = {
                host: `${NAME}/mirror`,
                kind: "distribution",
                credentials: { from: "config", key: "me" },
                environment: { credentials: { me: TEST_USER } },
                served: { [NAME]: registry },
            };
            expect((await carryThereAndBack(place, tree, hub, back)).failures).toEqual([]);
        } finally {
            await registry.close();
        }
    });

    it("mounts from the target itself what is there, and opens the upload of what is not", async () => {
        const registry = await startDockerRegistry(program);
        try {
            const bytes = randomBytes(1000);
            const blob = { digest: digestOf(bytes), size: bytes.length };
            const client = clientOf(registry, { kind: "distribution" });
            const upload = () =>
                client.uploadBlob("team/app", blob, async (offset) => bytesOf(bytes.subarray(offset)), {
                    mountFrom: ["team/app"],
                });
            expect([await upload(), client.stats.requests]).toEqual(["uploaded", 2]);
            expect([await upload(), client.stats.requests]).toEqual(["mounted", 3]);
        } finally {
            await registry.close();
        }
    });
}
