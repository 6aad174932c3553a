import type { LifecycleRule } from "./lifecycle-rules";

const UNTAGGED: LifecycleRule = {
    kind: "expire",
    untagged: true,
    afterDays: 30,
    description: "What no tag names any more, after 30 days",
};

/**
 * What a cached repository keeps where nothing else is said. Untagged is what the upstream moved a tag away from (ECR asks
 * it at most every 24 hours), and a deployment that pins digests may still run it: a first pull by digest brings nothing
 * back from the upstream (aws/containers-roadmap#2837), so it stays 30 days. Of tagged images the newest 100 of each
 * repository stay, by when they came in: an age would take a tag that never moves away from those who use it, and by the
 * last pull AWS expires nothing. Children of an index that stays are never expired.
 * (docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html)
 */
export const CACHE_LIFECYCLE: readonly LifecycleRule[] = [
    UNTAGGED,
    { kind: "keep-newest", tags: ["*"], count: 100, description: "Of what a tag names, the newest 100" },
];

/**
 * The same of repositories that replication or a first push makes: what is tagged there is the sender's to take away.
 */
export const UNTAGGED_LIFECYCLE: readonly LifecycleRule[] = [UNTAGGED];
