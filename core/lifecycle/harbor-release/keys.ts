import { generateKeyPairSync, randomBytes, randomInt } from "node:crypto";

/** There is nothing to say about them: they are made once. */
export type KeysInputs = Readonly<Record<string, never>>;

export interface KeysState {
    /** Names as Harbor's chart reads them, to values; secret. */
    readonly data: Readonly<Record<string, string>>;
}

/** The chart's own user at the registry. */
const REGISTRY_USER = "harbor_registry_user";
/** A password of 32 random letters needs no slow hash, and the registry computes it for every request. */
const COST = 5;

/** The hooks of `transship:HarborReleaseKeys`. Names and signatures stay forever: old state calls them. */
export const keysHooks = {
    check: async (_olds: unknown, news: KeysInputs) => ({ inputs: news }),

    diff: async () => ({ changes: false }),

    create: async (inputs: KeysInputs): Promise<{ id: string; outs: KeysState }> => ({
        id: randomBytes(8).toString("hex"),
        outs: { ...inputs, data: await newKeys() },
    }),

    /** Another key would be the loss of what the first one has encrypted. */
    update: async (_id: string, olds: KeysState, news: KeysInputs): Promise<{ outs: KeysState }> => ({
        outs: { ...news, data: olds.data },
    }),

    read: async (id: string, props: KeysState) => ({ id, props, inputs: {} }),

    delete: async (): Promise<void> => undefined,
};

/**
 * What Harbor's parts know each other by, and what they encrypt and sign with. The chart would make most of it anew at each
 * upgrade (sessions and tokens would end, and pods of two releases not know each other), and has a password of its
 * own, which everybody knows, where it would not.
 */
export async function newKeys(): Promise<Record<string, string>> {
    // Needed once in the life of a release.
    const { hash } = await import("bcryptjs");
    const password = letters(32);
    const { privateKey } = generateKeyPairSync("rsa", {
        modulusLength: 2048,
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs1", format: "pem" },
    });
    return {
        // Of AES; it decrypts the passwords that the database has.
        secretKey: letters(16),
        secret: letters(16),
        JOBSERVICE_SECRET: letters(16),
        REGISTRY_HTTP_SECRET: letters(16),
        REGISTRY_PASSWD: password,
        REGISTRY_HTPASSWD: `${REGISTRY_USER}:${await hash(password, COST)}`,
        CSRF_KEY: letters(32),
        "tls.key": privateKey,
    };
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

function letters(count: number): string {
    return Array.from({ length: count }, () => LETTERS.charAt(randomInt(LETTERS.length))).join("");
}
