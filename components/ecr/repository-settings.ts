import type * as pulumi from "@pulumi/pulumi";
import { badArgument } from "../images/arguments";
import type { EcrRepositoriesArgs, RepositorySettingsArgs } from "./ecr-repositories-args";
import type { Existing } from "./existing";
import { checkRepositoryNames, type Wanted } from "./wanted";

/** The settings of one repository, and the arguments that they are from, for messages. */
export interface RepositorySettings extends RepositorySettingsArgs {
    /** `encryption`, or `perRepository["mirror/app"].encryption` where that says it. */
    readonly argument: (setting: keyof RepositorySettingsArgs) => string;
    /** Those of all, then its own. */
    readonly allTags: readonly pulumi.Input<Record<string, pulumi.Input<string>>>[];
}

const MUTABILITY = ["mutability", "mutableTags", "immutableTags", "signaturesMutable"] as const;
const OF_REPOSITORY = [...MUTABILITY, "scanning", "encryption", "forceDelete", "retainOnDelete", "tags"] as const;
const SETTINGS = [...OF_REPOSITORY, "lifecycle", "policy"] as const;

/** @throws InputPropertyError for a repository or a setting that is not there */
export function checkPerRepository({ perRepository = {} }: EcrRepositoriesArgs, wanted: Wanted): void {
    checkRepositoryNames("perRepository", Object.keys(perRepository), wanted);
    for (const [name, own] of Object.entries(perRepository)) {
        const stranger = Object.keys(own).find((key) => !(SETTINGS as readonly string[]).includes(key));
        if (stranger !== undefined) {
            throw badArgument(
                `perRepository["${name}"].${stranger}`,
                `is no setting of a repository: one of ${SETTINGS.join(", ")}`,
            );
        }
    }
}

/**
 * Settings of all with those of one over them. A `mutability` of its own comes with exceptions of its own: those of the
 * other kind would mean nothing.
 *
 * @throws InputPropertyError where settings contradict each other
 */
export function settingsOf(args: EcrRepositoriesArgs, name: string, existing: Existing): RepositorySettings {
    const own: RepositorySettingsArgs = args.perRepository?.[name] ?? {};
    const general = Object.fromEntries(
        SETTINGS.filter((key) => args[key] !== undefined)
            .filter((key) => own.mutability === undefined || !(MUTABILITY as readonly string[]).includes(key))
            // One that stays among others that go.
            .filter((key) => key !== "forceDelete" || own.retainOnDelete !== true)
            .map((key) => [key, args[key]]),
    );
    const said = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
    const argument = (setting: string): string => (setting in said ? `perRepository["${name}"].${setting}` : setting);
    const settings: RepositorySettings = {
        ...general,
        ...said,
        argument,
        allTags: [args.tags, own.tags].filter((tags) => tags !== undefined),
    };
    if (existing === "adopt") {
        checkAdopted(Object.keys(args.adopt === true ? settings : said), name, argument);
    } else {
        checkDeletion(settings);
    }
    return settings;
}

/** A wish that nothing would fulfil. Where only some are adopted, what is said for all is for the others. */
function checkAdopted(said: readonly string[], name: string, argument: (setting: string) => string): void {
    const idle = OF_REPOSITORY.find((key) => said.includes(key));
    if (idle !== undefined) {
        throw badArgument(
            argument(idle),
            `has no effect on ${name}, which is adopted and never changed: leave it out, or "import" the repository to take it over`,
        );
    }
}

function checkDeletion({ forceDelete, retainOnDelete = true, argument }: RepositorySettings): void {
    if (forceDelete !== undefined && forceDelete !== false && retainOnDelete) {
        throw badArgument(
            argument("forceDelete"),
            `deletes nothing while "retainOnDelete" is true, as it is by default: write "retainOnDelete: false" beside it, and run "up" before "destroy"`,
        );
    }
}
