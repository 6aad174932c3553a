import * as pulumi from "@pulumi/pulumi";
import { secretValueProblem } from "../../core/github-names";
import { variableName } from "../../core/workflows";
import { badArgument } from "../images/arguments";
import type { GivenCredential, SecretsApp } from "./credentials";

/** One secret or variable, before it is known where it goes. */
export interface NamedValue {
    /** As GitHub stores it: upper case. */
    readonly name: string;
    readonly isSecret: boolean;
    readonly value: pulumi.Output<string>;
    /** What the program gave: two that are the very same may share a name. */
    readonly given: unknown;
    readonly apps: readonly SecretsApp[];
    /** The argument that it is from, for messages: `credentials.hub`. */
    readonly argument: string;
    /** It lets a run log in by its identity, where others would store a key. */
    readonly federated: boolean;
}

/** What the values of one credential have in common. */
export interface Origin {
    readonly argument: string;
    /** Of the component, where the credential has none of its own. */
    readonly apps: readonly SecretsApp[];
}

/** The secrets and variables of a credential that is described by its key. */
export function valuesOf(key: string, credential: GivenCredential, origin: Origin): NamedValue[] {
    switch (credential.kind) {
        case "login":
            return loginValues(credential, [variableName(key, "USERNAME"), variableName(key, "PASSWORD")], origin);
        case "secret":
            return [secretValue(key, credential.value, credential, origin)];
        case "variable":
            return [variableValue(key, credential.value, credential, origin, false)];
        case "awsRole": {
            const role =
                credential.profile === undefined ? "AWS_ROLE_ARN" : variableName("AWS_ROLE_ARN", credential.profile);
            const values: Record<string, pulumi.Input<string>> = { [role]: credential.roleArn };
            if (credential.region !== undefined) {
                values.AWS_REGION = credential.region;
            }
            return federatedValues(values, credential, origin);
        }
        case "gcpIdentity": {
            const { provider, serviceAccount } = credential;
            const values = { GCP_WORKLOAD_IDENTITY_PROVIDER: provider, GCP_SERVICE_ACCOUNT: serviceAccount };
            return federatedValues(values, credential, origin);
        }
    }
}

/** @param names of the user, where one is asked for, and of the password */
export function loginValues(
    credential: Extract<GivenCredential, { kind: "login" }>,
    names: readonly string[],
    origin: Origin,
): NamedValue[] {
    const values = names.length > 1 ? [credential.username, credential.password] : [credential.password];
    return names.map((name, index) => secretValue(name, values[index] as pulumi.Input<string>, credential, origin));
}

type Own = Pick<GivenCredential, "apps">;

export function secretValue(name: string, value: pulumi.Input<string>, own: Own, origin: Origin): NamedValue {
    required(name, value, origin.argument);
    const checked = pulumi.secret(value).apply((text) => accepted(name, text, origin.argument));
    return {
        ...common(name, own, origin),
        isSecret: true,
        given: value,
        value: pulumi.secret(checked),
        federated: false,
    };
}

function federatedValues(
    values: Readonly<Record<string, pulumi.Input<string>>>,
    own: Own,
    origin: Origin,
): NamedValue[] {
    return Object.entries(values).map(([name, value]) => variableValue(name, value, own, origin, true));
}

function variableValue(
    name: string,
    value: pulumi.Input<string>,
    own: Own,
    origin: Origin,
    federated: boolean,
): NamedValue {
    const { argument } = origin;
    required(name, value, argument);
    const given = pulumi.output(value);
    const open = pulumi.all([given, pulumi.isSecret(given)]).apply(([text, isSecret]) => {
        if (isSecret) {
            throw badArgument(
                argument,
                `${name} becomes a variable, which everybody sees who sees a workflow's logs, but its value is a secret: give it as a secret, or say with pulumi.unsecret that it is none`,
            );
        }
        return accepted(name, text, argument);
    });
    return { ...common(name, own, origin), isSecret: false, given: value, value: open, federated };
}

function common(name: string, own: Own, origin: Origin) {
    return { name: name.toUpperCase(), apps: own.apps ?? origin.apps, argument: origin.argument };
}

/** Refuses what GitHub would; no message holds the value. Under mocks a computed value may be none at all. */
function accepted(name: string, value: string | undefined, argument: string): string {
    const problem = value === undefined ? undefined : secretValueProblem(name, value);
    if (problem !== undefined) {
        throw badArgument(argument, problem);
    }
    return value as string;
}

/** A program that reads its configuration by `get` may have nothing. */
function required(name: string, value: pulumi.Input<string> | undefined, argument: string): void {
    if (value === undefined || value === null) {
        throw badArgument(argument, `gives ${name} no value: is it set in the stack's configuration?`);
    }
}
