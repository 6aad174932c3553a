import { createPrivateKey } from "node:crypto";
import { compare } from "bcryptjs";
import { describe, expect, it } from "vitest";
import { keysHooks } from "../../../core/lifecycle/harbor-release/keys";

describe("A release's keys", () => {
    it("are of the lengths that Harbor takes, and whole", async () => {
        const { id, outs } = await keysHooks.create({});
        expect(id).toMatch(/^[0-9a-f]{16}$/);
        const { "tls.key": key = "", REGISTRY_HTPASSWD = "", ...rest } = outs.data;
        const lengths = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, value.length]));
        expect(lengths).toEqual({
            secretKey: 16,
            secret: 16,
            JOBSERVICE_SECRET: 16,
            REGISTRY_HTTP_SECRET: 16,
            REGISTRY_PASSWD: 32,
            CSRF_KEY: 32,
        });
        expect(createPrivateKey(key).asymmetricKeyDetails?.modulusLength).toBe(2048);
        const [user, hash = ""] = REGISTRY_HTPASSWD.split(":");
        expect(user).toBe("harbor_registry_user");
        const password = outs.data.REGISTRY_PASSWD as string;
        expect(hash).toMatch(/^\$2[aby]\$05\$/);
        expect(await compare(password, hash)).toBe(true);
        expect(await compare(`${password}x`, hash)).toBe(false);
    });

    it("are never the same twice", async () => {
        const [one, other] = [await keysHooks.create({}), await keysHooks.create({})];
        for (const [name, value] of Object.entries(one.outs.data)) {
            expect(other.outs.data[name], name).not.toBe(value);
        }
    });

    it("never change, whatever happens", async () => {
        const { id, outs } = await keysHooks.create({});
        expect(await keysHooks.diff()).toEqual({ changes: false });
        expect((await keysHooks.update(id, outs, {})).outs).toEqual(outs);
        expect(await keysHooks.read(id, outs)).toEqual({ id, props: outs, inputs: {} });
        expect(await keysHooks.check({}, {})).toEqual({ inputs: {} });
        await keysHooks.delete();
    });
});
