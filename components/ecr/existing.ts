import { badArgument } from "../images/arguments";
import { checkRepositoryNames, type Wanted } from "./wanted";

/** What becomes of repositories that are there before this stack is. */
export interface ExistingArgs {
    /**
     * Repositories that are there, and that this stack takes over, by the engine's own import: all (`true`) or those that
     * are named. As long as one is named it stays exactly as it is, settings and tags; take the name out, and the next
     * preview shows what would change. One that is not there fails the preview. Plain. @default none
     */
    readonly import?: boolean | readonly string[];
    /**
     * Repositories that are there, and stay somebody else's: they are read, never changed and never deleted; only the
     * lifecycle policy and the repository's policy are put there, where asked. All (`true`), or those that are named.
     * Plain. @default none
     */
    readonly adopt?: boolean | readonly string[];
}

export type Existing = "import" | "adopt" | undefined;

/**
 * How each repository comes into the stack.
 *
 * @throws InputPropertyError for an unknown name, and for one that is in both lists
 */
export function existingOf(args: ExistingArgs, wanted: Wanted): (repository: string) => Existing {
    const imported = namesOf("import", args.import, wanted);
    const adopted = namesOf("adopt", args.adopt, wanted);
    const both = imported.find((name) => adopted.includes(name));
    if (both !== undefined) {
        throw badArgument(
            "adopt",
            `${both} is in "import" too: "import" takes a repository over, "adopt" leaves it somebody else's`,
        );
    }
    return (name) => (imported.includes(name) ? "import" : adopted.includes(name) ? "adopt" : undefined);
}

function namesOf(property: string, given: boolean | readonly string[] | undefined, wanted: Wanted): readonly string[] {
    if (given === undefined || typeof given === "boolean") {
        return given === true ? wanted.repositories.map(({ name }) => name) : [];
    }
    checkRepositoryNames(property, given, wanted);
    return given;
}
