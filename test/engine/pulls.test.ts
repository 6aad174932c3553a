import { ImageFleet } from "transship";
import { expect, it } from "vitest";
import { embeddedForFile } from "../support/embedded";
import { TestStack } from "../support/engine-stack";
import { describeWithEngine } from "../support/require-program";
import { catalogOf, pushImage } from "../support/two-registries";

describeWithEngine("a fleet and a pull limit, on the real engine", (engine) => {
    it("says in a preview what it will cost, spends that, and sees no change when the number of pulls is another", async () => {
        const hub = await embeddedForFile({ pullLimit: { limit: 50 } });
        const target = await embeddedForFile();
        await pushImage(hub, "hashicorp/vault", "1.18");
        const registries = {
            hub: { host: hub.host, kind: "distribution", insecure: true, keepRemaining: 20 },
            ghcr: { host: `${target.host}/mirror`, kind: "distribution", insecure: true },
        };
        const images = { vault: { source: `${hub.host}/hashicorp/vault`, tags: ["1.18"] } };
        const stack = await TestStack.open(engine, async () => {
            new ImageFleet("images", { catalog: catalogOf(hub, target, images, { registries }) });
        });
        const preview = await stack.preview({ diff: true });
        expect(preview.text).toContain(`pulls of ${hub.host}: about 3 needed, 50 of 50 are left, 20 kept back`);
        expect(preview.text).toMatch(
            /pulls\s*: \{\s*[\d.:]+\s*: \{\s*deferred: 0\s+keeps\s*: 20\s+left\s*: 50\s+needs\s*: 3/,
        );
        expect(hub.pullsSpent).toBe(0);
        const up = await stack.up();
        expect(up.text).toContain(`carried 1 tag, verified by digest, 3 pulls of ${hub.host} spent`);
        expect(hub.pullsSpent).toBe(3);
        await (await fetch(`${hub.url}/v2/hashicorp/vault/manifests/1.18`)).arrayBuffer();
        const again = await stack.up();
        expect(again.ok).toBe(true);
        expect(again.changes).toEqual({ same: 3 });
        expect(again.text).not.toContain("pulls of");
    });
});
