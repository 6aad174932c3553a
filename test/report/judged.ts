import type { JudgedCopy } from "../../core/mirror";

/** A digest of one repeated hexadecimal digit. */
export function digest(digit: string): string {
    return `sha256:${digit.repeat(64)}`;
}

/** A judged copy, consistent where nothing else is said: `vault:1` at ghcr. */
export function copy(over: Partial<JudgedCopy> = {}): JudgedCopy {
    const role = over.role ?? "target";
    const registry = role === "source" ? "hub" : "ghcr";
    return {
        image: "vault",
        tag: "1",
        role,
        registry,
        repository: `acme/${over.image ?? "vault"}`,
        reference: over.tag ?? "1",
        state: {
            status: "present",
            digest: digest("a"),
            mediaType: "application/vnd.oci.image.index.v1+json",
            size: 42,
        },
        verdict: "consistent",
        wanted: digest("a"),
        reason: "it is the same digest",
        action: "none",
        ...over,
    };
}

export function present(digit: string): JudgedCopy["state"] {
    return { status: "present", digest: digest(digit), mediaType: "application/vnd.oci.image.index.v1+json", size: 42 };
}

/** One of every verdict. */
export const EVERY_VERDICT: readonly JudgedCopy[] = [
    copy({ role: "source" }),
    copy(),
    copy({
        tag: "2",
        verdict: "different",
        state: present("b"),
        action: "carry",
        reason: "the source has another digest",
    }),
    copy({
        tag: "3",
        verdict: "locked-mismatch",
        state: present("b"),
        action: "impossible",
        reason: "it is not the locked digest",
    }),
    copy({ tag: "4", verdict: "missing", state: { status: "missing" }, action: "carry", reason: "the copy is gone" }),
    copy({
        tag: "5",
        verdict: "pending",
        state: { status: "missing" },
        action: "carry",
        reason: "it was never carried yet",
    }),
    copy({
        tag: "6",
        verdict: "unknown",
        state: { status: "unknown", code: "UNAUTHORIZED", message: "ghcr.io refused the credentials" },
        reason: "ghcr.io refused the credentials",
    }),
    copy({
        tag: "7",
        verdict: "waiting",
        state: { status: "missing" },
        wanted: undefined,
        reason: "dev has not proven it yet",
    }),
    copy({
        tag: "8",
        role: "source",
        verdict: "moved-upstream",
        state: present("c"),
        reason: "the source has moved on",
    }),
    copy({
        tag: "9",
        verdict: "subset",
        state: present("d"),
        platforms: ["linux/amd64"],
        subset: { digest: digest("d"), platforms: ["linux/amd64"] },
        reason: "same image, fewer platforms: linux/amd64",
    }),
    copy({ tag: "10", verdict: "stale", state: present("e"), reason: "the source had it before" }),
    copy({ tag: "11", verdict: "same-content", state: present("f"), reason: "its manifest was written anew" }),
];
