import { createPrivateKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { bcrypt } from "../../../core/lifecycle/harbor-release/bcrypt";
import { keysHooks } from "../../../core/lifecycle/harbor-release/keys";

const ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** The 16 bytes that a salt's 22 letters are. */
function saltOf(letters: string): Uint8Array {
    const bits = [...letters].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(6, "0")).join("");
    return Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(bits.slice(index * 8, index * 8 + 8), 2));
}

describe("bcrypt", () => {
    // Of Solar Designer's crypt_blowfish, and of libxcrypt.
    it.each([
        ["U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"],
        ["U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"],
        ["U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"],
        ["", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"],
        ["correct horse", "$2a$06$abcdefghijklmnopqrstuud/5IuQmqhVO0kfNEbHJM.fJkPiliBzC"],
    ])("of %j is what others make of it", (password, hash) => {
        const [, , cost = "", rest = ""] = hash.split("$");
        expect(bcrypt(password, saltOf(rest.slice(0, 22)), Number(cost))).toBe(hash);
    });
});

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
        expect(bcrypt(password, saltOf(hash.slice(7, 29)), 5)).toBe(hash);
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
