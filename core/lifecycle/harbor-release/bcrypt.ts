/**
 * bcrypt, which is all that the registry takes in a htpasswd file, and which Node does not have. (Provos and Mazières, "A
 * Future-Adaptable Password Scheme"; Blowfish's tables are the fractional digits of pi.)
 */
const SUBKEYS = 18;
const WORDS = SUBKEYS + 4 * 256;
const ROUNDS = 16;
const ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const MAGIC = "OrpheanBeholderScryDoubt";

/**
 * @param salt 16 bytes, never used twice
 * @param cost doublings of the work: 4 to 31
 * @returns `$2a$05$…`, 60 characters
 */
export function bcrypt(password: string, salt: Uint8Array, cost: number): string {
    const key = words(Buffer.from(`${password}\0`).subarray(0, 72));
    const state = piWords();
    const salted = words(salt);
    expand(state, key, salted);
    for (let round = 0; round < 2 ** cost; round++) {
        expand(state, key);
        expand(state, salted);
    }
    const text = Buffer.from(MAGIC);
    const block = new Uint32Array(6).map((_, index) => text.readUInt32BE(index * 4));
    for (let round = 0; round < 64; round++) {
        for (let pair = 0; pair < block.length; pair += 2) {
            encipher(state, block, pair);
        }
    }
    const digest = Buffer.alloc(24);
    block.forEach((word, index) => {
        digest.writeUInt32BE(word, index * 4);
    });
    // The last byte has never been part of it.
    return `$2a$${String(cost).padStart(2, "0")}$${base64(salt)}${base64(digest.subarray(0, 23))}`;
}

/** Subkeys first, then the four boxes. */
type State = Uint32Array;

/** The bytes as words, over and over, for as long as subkeys need them. */
function words(bytes: Uint8Array): Uint32Array {
    let at = 0;
    const next = () => bytes[at++ % bytes.length] as number;
    return new Uint32Array(SUBKEYS).map(() => (next() << 24) | (next() << 16) | (next() << 8) | next());
}

function expand(state: State, key: Uint32Array, salt?: Uint32Array): void {
    for (let index = 0; index < SUBKEYS; index++) {
        state[index] = (state[index] as number) ^ (key[index] as number);
    }
    const pair = new Uint32Array(2);
    for (let index = 0; index < WORDS; index += 2) {
        if (salt !== undefined) {
            const at = index % 4;
            pair[0] = (pair[0] as number) ^ (salt[at] as number);
            pair[1] = (pair[1] as number) ^ (salt[at + 1] as number);
        }
        encipher(state, pair, 0);
        state[index] = pair[0] as number;
        state[index + 1] = pair[1] as number;
    }
}

function encipher(state: State, block: Uint32Array, at: number): void {
    let left = (block[at] as number) ^ (state[0] as number);
    let right = block[at + 1] as number;
    for (let round = 1; round <= ROUNDS; round += 2) {
        right ^= mix(state, left) ^ (state[round] as number);
        left ^= mix(state, right) ^ (state[round + 1] as number);
    }
    block[at] = right ^ (state[SUBKEYS - 1] as number);
    block[at + 1] = left;
}

function mix(state: State, word: number): number {
    const sum = (box(state, 0, word >>> 24) + box(state, 1, word >>> 16)) | 0;
    return ((sum ^ box(state, 2, word >>> 8)) + box(state, 3, word)) | 0;
}

function box(state: State, number: number, index: number): number {
    return state[SUBKEYS + number * 256 + (index & 0xff)] as number;
}

let pi: State | undefined;

/** The first digits behind pi's point, by Machin's formula: once in a process, some 50 ms. */
function piWords(): State {
    if (pi === undefined) {
        const bits = BigInt(WORDS * 32);
        const spare = 64n;
        const one = 1n << (bits + spare);
        const digits = (16n * arctanOfInverse(5n, one) - 4n * arctanOfInverse(239n, one) - 3n * one) >> spare;
        const hex = digits.toString(16).padStart(WORDS * 8, "0");
        pi = new Uint32Array(WORDS).map((_, index) => Number.parseInt(hex.slice(index * 8, index * 8 + 8), 16));
    }
    return pi.slice();
}

function arctanOfInverse(x: bigint, one: bigint): bigint {
    let power = one / x;
    let sum = power;
    for (let divisor = 3n, sign = -1n; power !== 0n; divisor += 2n, sign = -sign) {
        power /= x * x;
        sum += (sign * power) / divisor;
    }
    return sum;
}

function base64(bytes: Uint8Array): string {
    const characters: string[] = [];
    for (let index = 0; index < bytes.length; index += 3) {
        const [a = 0, b = 0, c = 0] = bytes.subarray(index, index + 3);
        const four = [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63];
        characters.push(...four.slice(0, bytes.length - index + 1).map((value) => ALPHABET.charAt(value)));
    }
    return characters.join("");
}
