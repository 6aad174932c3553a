import type { JudgedCopy } from "../../../core/mirror";
import { judgementDocument, type RegistryDocument, type ShownDocument } from "../../../core/report";
import { copy, digest, present } from "../judged";

const REGISTRIES: readonly RegistryDocument[] = [
    {
        name: "hub",
        host: "docker.io",
        kind: "dockerhub",
        requests: 9,
        up: true,
        latency: { count: 9, median: 84.2, p95: 141, max: 203 },
    },
    {
        name: "ghcr",
        host: "ghcr.io",
        kind: "ghcr",
        requests: 10,
        up: true,
        latency: { count: 10, median: 31.4, p95: 58, max: 96 },
    },
    {
        name: "ecr",
        host: "111111111111.dkr.ecr.eu-west-1.amazonaws.com",
        kind: "ecr",
        requests: 8,
        up: true,
        latency: { count: 8, median: 22.9, p95: 40, max: 61 },
    },
    { name: "harbor", host: "harbor.example.com", kind: "harbor", requests: 4, up: false },
];

const PULLS: ShownDocument["pulls"] = [
    { host: "docker.io", registries: ["hub"], limit: 100, remaining: 63, windowSeconds: 21_600, keeps: 20 },
];

/** The document of a look at these copies, with everything around them. */
export function documentOf(copies: readonly JudgedCopy[], over: Partial<ShownDocument> = {}): ShownDocument {
    const findings = over.findings ?? [];
    return {
        command: "check",
        environment: "prod",
        upstream: "locked",
        catalog: digest("c"),
        ...judgementDocument(copies, { selected: {}, failures: [] }, findings),
        requests: { hub: 9, ghcr: 10, ecr: 8, harbor: 4 },
        pulls: PULLS,
        registries: REGISTRIES,
        timelines: [],
        at: "2026-11-22T21:04:05.000Z",
        ...over,
    };
}

const TEAM = [
    ["vault", "1.18", "ci"],
    ["vault", "1.17", "ci"],
    ["local-kms", "3", "ci"],
    ["explorer", "0.11.0", "product"],
    ["explorer", "latest", "product"],
    ["mcp-server", "latest", "product"],
    ["postgres", "17.2", "platform"],
    ["nginx", "1.27", "platform"],
    ["local-path-provisioner", "v0.0.31", "platform"],
] as const;

function hex(seed: number): string {
    const text = Math.imul(seed + 1, 2_654_435_761) >>> 0;
    return `sha256:${text.toString(16).padStart(8, "0").repeat(8)}`;
}

function at(digest: string): JudgedCopy["state"] {
    return { ...present("a"), digest } as JudgedCopy["state"];
}

/** Everything of a team is as it should be. */
export function consistentDocument(): ShownDocument {
    const copies = teamCopies();
    const document = documentOf(copies, {
        registries: REGISTRIES.slice(0, 3),
        timelines: TEAM.map(([image, tag], index) => ({
            image,
            tag,
            digest: hex(index),
            since: `2026-11-${String(10 + index)}T08:${10 + index}:00.000Z`,
            history: index % 3 === 0 ? [hex(index + 100), hex(index + 200)] : [],
        })),
    });
    return withPurposes(document);
}

/** One of nearly everything that can be wrong. */
export function driftDocument(): ShownDocument {
    const copies = teamCopies().map((one): JudgedCopy => {
        const key = `${one.image}:${one.tag}@${one.registry}`;
        return { ...one, ...DRIFT[key] };
    });
    const harbor = ["postgres", "nginx"].map((image) =>
        copy({
            image,
            tag: image === "nginx" ? "1.27" : "17.2",
            registry: "harbor",
            repository: `mirror/library/${image}`,
            verdict: "unknown",
            state: { status: "unknown", code: "CONNECTION_REFUSED", message: "refused" },
            reason: "harbor.example.com could not be reached (CONNECTION_REFUSED)",
        }),
    );
    const document = documentOf([...copies, ...harbor], {
        timelines: consistentDocument().timelines,
        findings: [
            {
                code: "NOT_PUBLIC",
                severity: "drift",
                image: "explorer",
                tag: "latest",
                registry: "ghcr",
                message:
                    "ghcr.io/acme/explorer cannot be pulled without a login: make the package public at https://github.com/orgs/acme/packages/container/explorer/settings.",
            },
            {
                code: "TOO_FEW_COPIES",
                severity: "warning",
                image: "postgres",
                tag: "17.2",
                message: "postgres:17.2 is critical, and only 1 of its copies is consistent: give it a second target.",
            },
        ],
    });
    return withPurposes(document);
}

const DRIFT: Readonly<Record<string, Partial<JudgedCopy>>> = {
    "vault:1.18@ghcr": {
        verdict: "different",
        state: at(hex(900)),
        action: "refuse",
        reason: "its digest was never ours",
    },
    "explorer:0.11.0@ecr": {
        verdict: "missing",
        state: { status: "missing" },
        action: "carry",
        reason: "the copy is gone",
    },
    "mcp-server:latest@ecr": {
        verdict: "stale",
        state: at(hex(104)),
        action: "carry",
        reason: "the source had it before",
    },
    "local-kms:3@hub": { verdict: "moved-upstream", state: at(hex(901)), reason: "the source has moved on" },
    "vault:1.17@ecr": {
        verdict: "different",
        state: at(hex(902)),
        reason: "the source has another digest",
        waived: { until: "2026-12-01T00:00:00.000Z", reason: "rolled back on purpose, INC-4711" },
    },
};

function teamCopies(): JudgedCopy[] {
    return TEAM.flatMap(([image, tag], index) => {
        const same = { image, tag, reference: tag, state: at(hex(index)), wanted: hex(index) };
        return [
            copy({ ...same, role: "source", repository: `acme/${image}` }),
            copy({ ...same, registry: "ghcr", repository: `acme/${image}` }),
            copy({ ...same, registry: "ecr", repository: `mirror/acme/${image}` }),
        ];
    });
}

function withPurposes(document: ShownDocument): ShownDocument {
    const purposes = new Map<string, string>(TEAM.map(([image, , purpose]) => [image, purpose]));
    return { ...document, copies: document.copies.map((one) => ({ ...one, purpose: purposes.get(one.image) })) };
}

/** A fleet: so many images at three registries and their source, a handful of them wrong. */
export function fleetDocument(images: number): ShownDocument {
    const copies = Array.from({ length: images }, (_, index): JudgedCopy[] => {
        const image = `team-${index % 20}-service-${index}`;
        const same = { image, tag: "1.0.0", reference: "1.0.0", state: at(hex(index)), wanted: hex(index) };
        return [
            copy({ ...same, role: "source", repository: `acme/${image}` }),
            copy({ ...same, registry: "ghcr", repository: `acme/${image}` }),
            copy({ ...same, registry: "ecr", repository: `mirror/acme/${image}` }),
            copy({
                ...same,
                registry: "harbor",
                repository: `mirror/acme/${image}`,
                ...(index % 250 === 7
                    ? { verdict: "different", state: at(hex(index + 5000)), reason: "the source has another digest" }
                    : undefined),
            }),
        ];
    }).flat();
    const timelines = Array.from({ length: images }, (_, index) => ({
        image: `team-${index % 20}-service-${index}`,
        tag: "1.0.0",
        digest: hex(index),
        since: new Date(Date.UTC(2026, 10, 1) + index * 60_000).toISOString(),
        history: [1, 2, 3, 4, 5].map((back) => hex(index + 10_000 * back)),
    }));
    return documentOf(copies, { timelines });
}
