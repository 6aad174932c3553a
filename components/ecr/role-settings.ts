import * as pulumi from "@pulumi/pulumi";
import { parseDuration } from "../../core/catalog";
import { badArgument } from "../images/arguments";
import { plainOrLater } from "../images/plain-or-later";
import type { EcrAccessArgs, EcrRoleArgs } from "./ecr-access-args";

const HOUR = 3_600_000;

/**
 * What IAM refuses in a role beside its policies, before it is asked.
 * (docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html)
 */
export function roleSettings(
    { description, maxSessionDuration, rights, roleName }: EcrRoleArgs,
    { path, permissionsBoundary, tags }: EcrAccessArgs,
    argument: string,
) {
    const checked = <T>(value: pulumi.Input<T> | undefined, problem: (known: T) => string | undefined, at: string) =>
        value === undefined ? undefined : plainOrLater({ value }, (known) => refused(known.value as T, problem, at));
    const seconds =
        maxSessionDuration === undefined
            ? undefined
            : plainOrLater({ maxSessionDuration }, (known) => sessionSeconds(known.maxSessionDuration, argument));
    return {
        name: checked(roleName, nameProblem, `${argument}.roleName`),
        path: checked(path, pathProblem, "path"),
        permissionsBoundary: checked(permissionsBoundary, boundaryProblem, "permissionsBoundary"),
        description:
            description ?? pulumi.output(rights).apply((known) => `Runs of CI at ECR: ${[...known].sort().join(", ")}`),
        maxSessionDuration: seconds,
        tags,
    };
}

function refused<T>(value: T, problem: (known: T) => string | undefined, at: string): T {
    const reason = problem(value);
    if (reason !== undefined) {
        throw badArgument(at, reason);
    }
    return value;
}

function nameProblem(name: string): string | undefined {
    return /^[\w+=,.@-]{1,64}$/.test(name)
        ? undefined
        : `must be 1 to 64 letters, digits or any of _ + = , . @ -, not ${JSON.stringify(name)}`;
}

function pathProblem(path: string): string | undefined {
    return path.length <= 512 && /^\/(?:[!-~]+\/)?$/.test(path)
        ? undefined
        : `must begin and end with a slash ("/ci/"), not be ${JSON.stringify(path)}`;
}

function boundaryProblem(arn: string): string | undefined {
    return /^arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy\/.+$/.test(arn)
        ? undefined
        : `must be the ARN of a policy (arn:aws:iam::111111111111:policy/ci-boundary), not ${JSON.stringify(arn)}`;
}

function sessionSeconds(text: string, argument: string): number {
    const duration = typeof text === "string" ? parseDuration(text) : undefined;
    if (duration === undefined || duration < HOUR || duration > 12 * HOUR || duration % 1000 !== 0) {
        throw badArgument(`${argument}.maxSessionDuration`, `must be from "1h" to "12h", not ${JSON.stringify(text)}`);
    }
    return duration / 1000;
}
