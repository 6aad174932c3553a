import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TestStack } from "../support/engine-stack";
import { describeWithEngine } from "../support/require-program";

// What HarborRelease makes beside Kubernetes' resources, whose plugin no package registry has.
const { HarborReady } = require("../../dist/components/harbor/harbor-ready");
const { HarborReleaseKeys } = require("../../dist/components/harbor/harbor-release-keys");

describeWithEngine("a release's keys, and the wait for Harbor", (engine) => {
    let server: Server;
    let url: string;
    let stack: TestStack;
    let healthy = true;
    let revision = 1;
    let asked = 0;

    beforeAll(async () => {
        server = createServer((_request, response) => {
            asked += 1;
            response.end(
                JSON.stringify({
                    status: healthy ? "healthy" : "unhealthy",
                    components: [{ name: "core", status: "unhealthy" }],
                }),
            );
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        stack = await TestStack.open(engine, async () => {
            const keys = new HarborReleaseKeys("keys");
            new HarborReady("ready", { url, namespace: "harbor", revision, timeoutSeconds: 1 });
            return {
                secretKey: keys.data.apply((data: Record<string, string>) => data.secretKey),
                secret: pulumi.isSecret(keys.data),
            };
        });
    });

    afterAll(() => new Promise((resolve) => server.close(resolve)));

    it("are made by the first up, encrypted in the state, and stay", async () => {
        const first = await stack.up();
        expect(first.ok, first.text).toBe(true);
        expect(first.changes).toEqual({ create: 3 });
        expect(first.outputs.secret).toBe(true);
        const key = first.outputs.secretKey as string;
        expect(key).toMatch(/^[A-Za-z0-9]{16}$/);
        const state = readFileSync(join(stack.directory, "state/.pulumi/stacks/fleet/dev.json"), "utf8");
        expect(state).not.toContain(key);
        expect(state).not.toContain("BEGIN RSA PRIVATE KEY");
        expect(first.text).not.toContain(key);
        const before = asked;
        const again = await stack.up();
        expect(again.changes).toEqual({ same: 3 });
        expect(again.outputs.secretKey).toBe(key);
        expect((await stack.refresh()).ok).toBe(true);
        expect(asked, "an unchanged release is waited for once").toBe(before);
    });

    it("wait for each revision, fail in one sentence, and go on where Harbor is well again", async () => {
        revision = 2;
        healthy = false;
        const ill = await stack.up();
        expect(ill.ok).toBe(false);
        expect(ill.text).toContain(`Harbor at ${url} is not ready after 1 s (not healthy: core)`);
        expect(ill.text).not.toContain("    at ");
        healthy = true;
        const well = await stack.up();
        expect(well.ok, well.text).toBe(true);
        expect(well.changes).toEqual({ update: 1, same: 2 });
    });

    it("go with destroy, without asking anybody", async () => {
        const before = asked;
        expect((await stack.destroy()).ok).toBe(true);
        expect(asked).toBe(before);
    });
});
