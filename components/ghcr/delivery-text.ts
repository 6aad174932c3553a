import * as pulumi from "@pulumi/pulumi";
import type { DeliveryText } from "./deliver";
import type { MirrorPlan } from "./mirror-plan";
import type { PublisherPlan } from "./publisher-plan";

/** What a pull request has to say: what comes in, what must be set for it, and what only a person can do. */
interface Said {
    readonly repository: string;
    readonly files: readonly (readonly [path: string, what: string])[];
    readonly secrets: readonly string[];
    readonly variables: readonly string[];
    readonly deployment?: string;
    readonly packages: readonly string[];
    readonly after: string;
}

export function publishText(
    name: string,
    plan: pulumi.Output<PublisherPlan>,
    deployment: pulumi.Input<string> | undefined,
): DeliveryText {
    const title = plan.apply(({ places }) => `Publish ${places.map(({ image }) => image).join(", ")}`);
    const body = pulumi.all([plan, deployment]).apply(([{ places, ...made }, environment]) =>
        bodyOf(name, {
            ...made,
            deployment: environment,
            files: [
                [made.workflowPath, "the workflow: build, push once by digest, sign, carry, prove"],
                [made.catalogPath, "the part of the catalogue that it reads"],
            ],
            packages: places.map(({ reference }) => reference),
            after: "The first run makes the packages, private at first: GitHub has no API for their visibility, so it is set by hand, in each package's settings.",
        }),
    );
    return { title, body };
}

export function mirrorText(
    name: string,
    plan: pulumi.Output<MirrorPlan>,
    deployment: pulumi.Input<string> | undefined,
): DeliveryText {
    const title = plan.apply(
        ({ images }) => `Carry ${images.length === 1 ? images[0]?.name : `${images.length} images`}`,
    );
    const body = pulumi.all([plan, deployment]).apply(([made, environment]) =>
        bodyOf(name, {
            ...made,
            deployment: environment,
            files: [
                [made.workflowPath, "the workflow: carry by digest, prove, tell"],
                [made.catalogPath, `which images, and where to: ${made.images.map((image) => image.name).join(", ")}`],
                [made.readmePath, "for those who want an image"],
                ...(made.codeOwners === "" ? [] : [[CODE_OWNERS_PATH, "who reviews changes"] as const]),
            ],
            packages: [],
            after: `The workflow commits ${made.page} and the lock of digests itself. The first run makes the packages, private at first: GitHub has no API for their visibility, so it is set by hand, in each package's settings.`,
        }),
    );
    return { title, body };
}

/** Where GitHub looks first. */
export const CODE_OWNERS_PATH = ".github/CODEOWNERS";

/** Markdown. */
export function bodyOf(
    name: string,
    { after, deployment, files, packages, repository, secrets, variables }: Said,
): string {
    const where = deployment === undefined ? "the repository" : `the environment \`${deployment}\``;
    const toSet = [
        ...secrets.map((secret) => `- [ ] secret \`${secret}\` of ${where}`),
        ...variables.map((variable) => `- [ ] variable \`${variable}\` of ${where}`),
    ];
    const lists = [
        ["What comes in", files.map(([path, what]) => `- \`${path}\`: ${what}`)],
        ["What must be set before it runs", toSet],
        ["Packages", packages.map((reference) => `- \`${reference}\``)],
    ] as const;
    return [
        `Written by Transship for the component \`${name}\` of a Pulumi program; ${repository} is where it belongs. Change the program's arguments rather than these files: a file that was changed by hand is left alone, and told.`,
        ...lists.flatMap(([title, lines]) => (lines.length === 0 ? [] : [`**${title}**\n\n${lines.join("\n")}`])),
        after,
    ].join("\n\n");
}
