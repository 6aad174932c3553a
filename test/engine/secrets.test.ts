import { ImageFleet } from "transship";
import { beforeAll, expect, it } from "vitest";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { embeddedForFile } from "../support/embedded";
import { TestStack } from "../support/engine-stack";
import { imageIndex, pushTree } from "../support/images";
import { describeWithEngine } from "../support/require-program";
import { catalogOf } from "../support/two-registries";

const CANARY = "canary-5f1e0c7a9b";
const FROM_ENV = `${CANARY}-env`;
const FROM_CONFIG = `${CANARY}-config`;

describeWithEngine("credentials of a fleet", (engine) => {
    let hub: EmbeddedRegistry;
    let target: EmbeddedRegistry;
    let stack: TestStack;
    let wrong = false;

    beforeAll(async () => {
        hub = await embeddedForFile({ auth: { kind: "bearer", users: { reader: FROM_ENV, writer: "w" } } });
        target = await embeddedForFile({ auth: { kind: "basic", users: { robot: FROM_CONFIG } } });
        const catalog = () =>
            catalogOf(
                hub,
                target,
                { app: { source: `${hub.host}/acme/app`, tags: ["1"] } },
                {
                    registries: {
                        hub: {
                            host: hub.host,
                            kind: "distribution",
                            insecure: true,
                            credentials: { from: "env", username: "CANARY_USER", password: "CANARY_PASSWORD" },
                        },
                        ghcr: {
                            host: `${target.host}/mirror`,
                            kind: "distribution",
                            insecure: true,
                            credentials: { from: "config", key: wrong ? "other" : "robot" },
                        },
                    },
                },
            );
        await pushTree(hub.host, "acme/app", imageIndex(), { tag: "1", auth: { username: "writer", password: "w" } });
        stack = await TestStack.open(
            engine,
            async () => {
                new ImageFleet("images", { catalog: catalog() });
            },
            {
                env: { CANARY_USER: "reader", CANARY_PASSWORD: FROM_ENV },
                config: {
                    "transship:credentials": {
                        value: JSON.stringify({
                            robot: { username: "robot", password: FROM_CONFIG },
                            other: { username: "robot", password: `${CANARY}-wrong` },
                        }),
                        secret: true,
                    },
                },
            },
        );
    });

    const findCanary = (text: string): string[] => {
        const forms = [
            CANARY,
            Buffer.from(`robot:${FROM_CONFIG}`).toString("base64"),
            Buffer.from(`reader:${FROM_ENV}`).toString("base64"),
        ];
        return forms.filter((form) => text.includes(form));
    };

    it("let it carry, and are in no preview, log or state", async () => {
        const preview = await stack.preview({ diff: true });
        const run = await stack.up();
        expect(run.text).toContain("carried 1 tag,");
        const again = await stack.up();
        const refresh = await stack.refresh();
        for (const { ok, text } of [preview, run, again, refresh]) {
            expect(ok).toBe(true);
            expect(findCanary(text)).toEqual([]);
        }
        const state = await stack.backendText();
        expect(state).toContain("ImageFleetWave");
        expect(findCanary(state)).toEqual([]);
    });

    it("are in no error either, when they are wrong", async () => {
        wrong = true;
        const run = await stack.up({ diff: true });
        expect(run.text).toContain("app:1@ghcr: unknown, UNAUTHORIZED");
        expect(findCanary(run.text)).toEqual([]);
        expect(findCanary(await stack.backendText())).toEqual([]);
    });
});
