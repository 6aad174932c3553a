import { describe, expect, it } from "vitest";
import { sync, verdictsOf } from "../../mirror/world";
import { EcrApi } from "../../support/ecr-api";
import { ecrWorld, HASTY } from "./world";

interface Sender {
    send(request: unknown): Promise<unknown>;
}

describe("a token that ends in the middle of a sync", () => {
    it("is fetched anew, and the sync goes on to its end", async () => {
        const api = new EcrApi();
        let now = 1_700_000_000_000;
        const tokens = new Map([["p1", now + 12 * 3_600_000]]);
        const world = await ecrWorld({ tokens, now: () => now });
        let given = "p1";
        world.quirks.before = ({ action }) => {
            if (action === "PutImage" && given === "p1") {
                now += 12 * 3_600_000 + 1;
                given = "p2";
                tokens.set("p2", now + 12 * 3_600_000);
            }
        };
        // Loaded once, it gives the password of the time at which it is asked.
        const loadModule = async (): Promise<unknown> => ({
            ...api.module(given),
            ECRClient: class {
                send(request: unknown): Promise<unknown> {
                    const { ECRClient } = api.module(given) as { ECRClient: new () => Sender };
                    return new ECRClient().send(request);
                }
            },
        });
        const credentials = { from: "aws", region: "eu-west-1" };
        const catalog = world.catalog({ app: {} }, { credentials });
        const done = await sync(catalog, { environment: { ...HASTY, now: () => now, loadModule } });
        expect([done.failures, verdictsOf(done)]).toEqual([[], ["app:1@hub consistent", "app:1@ecr consistent"]]);
        expect(world.quirks.calls.filter(({ status }) => status === 403).length).toBeGreaterThan(0);
        expect(api.asked.filter(({ operation }) => operation === "GetAuthorizationToken")).toHaveLength(2);
    });
});
