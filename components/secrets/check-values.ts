import { secretNameProblem } from "../../core/github-names";
import { badArgument } from "../images/arguments";
import type { SecretsApp } from "./credentials";
import type { NamedValue } from "./named-values";
import type { Place } from "./placed";

/**
 * What GitHub would refuse, before anything is asked of it: names, two values of one name, apps that have no
 * variables, more secrets than a place has room for.
 *
 * @throws InputPropertyError
 */
export function checkValues(
    values: readonly NamedValue[],
    places: readonly Place[],
    apps: readonly SecretsApp[],
): void {
    if (values.length === 0) {
        throw badArgument("credentials", "there is nothing to set: give credentials, or a catalog with registries");
    }
    for (const value of values) {
        checkName(value);
        checkApps(value, apps);
    }
    checkTwice(values);
    for (const { label, mostSecrets, app } of places) {
        const secrets = new Set(
            values.filter((value) => value.isSecret && value.apps.includes(app)).map(({ name }) => name),
        );
        if (secrets.size > mostSecrets) {
            const most = `GitHub stores ${mostSecrets} there`;
            throw badArgument(
                "credentials",
                `are ${secrets.size} secrets for ${label}, but ${most}: put fewer into one place`,
            );
        }
    }
}

function checkName({ argument, name }: NamedValue): void {
    const problem = secretNameProblem(name);
    if (problem !== undefined) {
        throw badArgument(argument, problem);
    }
}

function checkApps({ argument, isSecret, name, apps }: NamedValue, all: readonly SecretsApp[]): void {
    const stranger = apps.find((app) => !all.includes(app));
    if (stranger !== undefined) {
        const known = all.map((app) => `"${app}"`).join(", ");
        throw badArgument(argument, `is for "${stranger}", which the component's apps (${known}) do not name`);
    }
    if (!isSecret && !apps.includes("actions")) {
        throw badArgument(
            argument,
            `makes the variable ${name}, but only Actions has variables: add the app "actions"`,
        );
    }
}

/** A secret and a variable may share a name; two values may not, unless they are the very same. */
function checkTwice(values: readonly NamedValue[]): void {
    const seen = new Map<string, NamedValue>();
    for (const value of values) {
        const key = `${value.isSecret} ${value.name}`;
        const first = seen.get(key);
        if (first !== undefined && (first.given !== value.given || first.apps.join() !== value.apps.join())) {
            const what = value.isSecret ? "secret" : "variable";
            throw badArgument(
                value.argument,
                `makes the ${what} ${value.name}, as ${first.argument} does: give one of them another name (GitHub takes no notice of case)`,
            );
        }
        seen.set(key, value);
    }
}
