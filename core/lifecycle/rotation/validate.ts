import * as v from "valibot";
import { parseDuration } from "../../catalog";

/** A deploy is what rotates: more often than hourly is never meant. */
const SHORTEST_MS = 3_600_000;
/** Hub's label has at most 100 characters, and 21 of them are for the moment. */
const LONGEST_LABEL = 79;

const text = (what: string) => v.pipe(v.string(`${what} must be a text`), v.trim(), v.minLength(1, `${what} is empty`));

export const rotationEntries = {
    rotateAfter: v.optional(
        v.pipe(
            v.string("rotateAfter must be a duration, such as 90d"),
            v.check((given) => parseDuration(given) !== undefined, "rotateAfter must be a duration, such as 90d"),
            v.check(
                (given) => (parseDuration(given) ?? SHORTEST_MS) >= SHORTEST_MS,
                "rotateAfter must be 1h or longer",
            ),
        ),
    ),
};

const url = v.pipe(
    text("url"),
    v.check(isAddress, "url must be the address of the service without a path, such as https://harbor.example.com"),
);

const robotSchema = v.object({
    ...rotationEntries,
    url,
    robot: text("robot"),
    project: v.optional(text("project")),
    credentials: text("credentials"),
});

const tokenSchema = v.object({
    ...rotationEntries,
    url,
    label: v.pipe(text("label"), v.maxLength(LONGEST_LABEL, `label has more than ${LONGEST_LABEL} characters`)),
    scopes: v.optional(v.pipe(v.array(text("a scope")), v.minLength(1, "scopes are none"))),
    organization: v.optional(text("organization")),
    resources: v.optional(
        v.pipe(
            v.array(
                v.object({
                    type: v.picklist(["TYPE_REPO", "TYPE_ORG"], 'a resource\'s type is "TYPE_REPO" or "TYPE_ORG"'),
                    path: text("a resource's path"),
                    scopes: v.pipe(v.array(text("a scope")), v.minLength(1, "a resource's scopes are none")),
                }),
            ),
            v.minLength(1, "resources are none"),
        ),
    ),
    credentials: text("credentials"),
});

export function robotProblems(inputs: unknown): string[] {
    return issuesOf(v.safeParse(robotSchema, inputs));
}

export function tokenProblems(inputs: {
    readonly organization?: unknown;
    readonly resources?: unknown;
    readonly scopes?: unknown;
}): string[] {
    const organization = inputs.organization !== undefined;
    const wanted = organization ? "resources" : "scopes";
    const other = organization ? "scopes" : "resources";
    const whose = organization ? "an organisation's token" : "an account's token";
    return [
        ...issuesOf(v.safeParse(tokenSchema, inputs)),
        ...(inputs[wanted] === undefined ? [`${whose} needs ${wanted}`] : []),
        ...(inputs[other] === undefined ? [] : [`${whose} has no ${other}: it has ${wanted}`]),
    ];
}

function issuesOf(result: { readonly issues?: readonly { readonly message: string }[] }): string[] {
    return (result.issues ?? []).map(({ message }) => message);
}

function isAddress(given: string): boolean {
    return /^https?:\/\/[^/?#@]+\/?$/.test(given) && URL.canParse(given);
}
