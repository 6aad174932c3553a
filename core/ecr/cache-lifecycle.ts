const UNTAGGED = {
    rulePriority: 1,
    description: "what no tag names any more, after 30 days",
    selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 30 },
    action: { type: "expire" },
} as const;

/**
 * What a cached repository keeps where nothing else is said. Untagged is what the upstream moved a tag away from (ECR asks
 * it at most every 24 hours), and a deployment that pins digests may still run it: a first pull by digest brings nothing
 * back from the upstream (aws/containers-roadmap#2837), so it stays 30 days. Of tagged images the newest 100 of each
 * repository stay, by when they came in: an age would take a tag that never moves away from those who use it. Children of
 * an index that stays are never expired.
 * (docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html)
 */
export const CACHE_LIFECYCLE = {
    rules: [
        UNTAGGED,
        {
            rulePriority: 2,
            description: "of what a tag names, the newest 100",
            selection: {
                tagStatus: "tagged",
                tagPatternList: ["*"],
                countType: "imageCountMoreThan",
                countNumber: 100,
            },
            action: { type: "expire" },
        },
    ],
} as const;

/**
 * The same of repositories that replication or a first push makes: what is tagged there is the sender's to take away,
 * tags for a roll-back above all.
 */
export const UNTAGGED_LIFECYCLE = { rules: [UNTAGGED] } as const;
