/**
 * Which images a rule is about; all of them, tagged or not, where nothing is said. Each pattern and each prefix becomes a
 * rule of its own: what AWS's own lists mean, an image with a tag for *every* pattern, is seldom wanted (`custom` has it).
 */
export interface RuleImages {
    /** Patterns of tags, at most four `*` each: `["v*", "*-rc.*"]`. */
    readonly tags?: readonly string[];
    /** Beginnings of tags: `["release-"]`. */
    readonly prefixes?: readonly string[];
    /** Those without any tag. What a tagged index is made of is not expired, whatever its own tags are. */
    readonly untagged?: true;
}

interface Described {
    /** What the console shows beside it. @default a sentence about the rule */
    readonly description?: string;
}

/** Never expired, never archived, by no other rule. */
export interface KeepRule extends Described {
    readonly kind: "keep";
    readonly tags?: RuleImages["tags"];
    readonly prefixes?: RuleImages["prefixes"];
}

/**
 * The newest so many stay, of each pattern by itself. What a rule in front of it keeps is counted, too (AWS: rules "can
 * still identify them as if they haven't been expired").
 */
export interface KeepNewestRule extends RuleImages, Described {
    readonly kind: "keep-newest";
    readonly count: number;
    /** What becomes of the others. @default "expire" */
    readonly others?: "expire" | "archive";
}

/** Deleted so many days after the push of the digest (not of the tag). */
export interface ExpireRule extends RuleImages, Described {
    readonly kind: "expire";
    readonly afterDays: number;
}

/**
 * Moved to the archive, cheaper by far, whence nobody can pull until it is restored. By the last pull: what was never
 * pulled counts from its push; AWS offers that for the archive only, not to expire.
 */
export interface ArchiveRule extends RuleImages, Described {
    readonly kind: "archive";
    readonly afterDays: number;
    /** @default "pulled" */
    readonly since?: "pulled" | "pushed";
}

/** Deleted so many days after it went into the archive: 90 at least, which are paid for anyway. */
export interface ExpireArchivedRule extends RuleImages, Described {
    readonly kind: "expire-archived";
    readonly afterDays: number;
}

/** A rule in AWS's own words, without its priority: it is put where it belongs, after all that is kept. */
export interface CustomRule extends Described {
    readonly kind: "custom";
    readonly selection: LifecycleDocumentRule["selection"];
    readonly action: LifecycleDocumentRule["action"];
}

export type LifecycleRule = KeepRule | KeepNewestRule | ExpireRule | ArchiveRule | ExpireArchivedRule | CustomRule;

/** A lifecycle policy as ECR takes it (docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html). */
export interface LifecycleDocument {
    readonly rules: readonly LifecycleDocumentRule[];
}

export interface LifecycleDocumentRule {
    /** Lowest first: an image that fits a rule's tags is never touched by a later one. */
    readonly rulePriority: number;
    readonly description?: string;
    readonly selection: {
        readonly tagStatus: "tagged" | "untagged" | "any";
        /** Every one of them must fit a tag of the image. */
        readonly tagPatternList?: readonly string[];
        readonly tagPrefixList?: readonly string[];
        /** Of which storage class its images are. @default "standard" */
        readonly storageClass?: "standard" | "archive";
        readonly countType: "imageCountMoreThan" | "sinceImagePushed" | "sinceImagePulled" | "sinceImageTransitioned";
        readonly countUnit?: "days";
        readonly countNumber: number;
    };
    readonly action:
        | { readonly type: "expire" }
        | { readonly type: "transition"; readonly targetStorageClass: "archive" };
}
