/** What a tag such as `sha256-<hex>.sig` says: what it is to which digest. */
export interface Attachment {
    readonly algorithm: string;
    /** All of the digest's digits, or as many as fit into a tag. */
    readonly hex: string;
    /** `signature`, `attestation`, `SBOM`, `list of referrers`. */
    readonly kind: string;
}

const ATTACHED = /^(sha256|sha512)-([0-9a-f]{32,128})(\..+)?$/;

/** Cosign's own (its specification, "Tag-based discovery"); without a suffix distribution-spec 1.1, "Referrers Tag Schema". */
const KINDS: Readonly<Record<string, string>> = {
    ".sig": "signature",
    ".att": "attestation",
    ".sbom": "SBOM",
};

/** `undefined` for a tag that stands for itself. */
export function attachmentOf(tag: string): Attachment | undefined {
    const [, algorithm, hex, suffix] = ATTACHED.exec(tag) ?? [];
    if (algorithm === undefined || hex === undefined) {
        return undefined;
    }
    return { algorithm, hex, kind: suffix === undefined ? "list of referrers" : (KINDS[suffix] ?? "companion") };
}

/** Whether a digest is the one that the tag names; a sha512's digits do not fit into a tag whole. */
export function isAttachedTo({ algorithm, hex }: Attachment, digest: string): boolean {
    return digest.startsWith(`${algorithm}:${hex}`);
}
