import * as pulumi from "@pulumi/pulumi";
import { parseRepositoryName } from "../../core/github-names";
import { atProperty, badArgument } from "../images/arguments";

/**
 * Repositories by name (`explorer` or `kuzudb/explorer`), or by a name of one's own where only a deploy knows theirs:
 * `{ explorer: repository.name }`. Plain, since each has resources of its own, which are named by it.
 */
export type RepositoryNames = readonly string[] | Readonly<Record<string, pulumi.Input<string>>>;

export interface NamedRepository {
    /** Part of its resources' names. */
    readonly key: string;
    /** Without its owner, as the GitHub provider takes it: one provider has one owner. */
    readonly name: pulumi.Input<string>;
}

/**
 * @param argument `repositories`, for messages
 * @param owner of the provider, where it is known: another owner's repository is refused here, not by a 404 at the deploy
 */
export function readRepositories(
    given: RepositoryNames | undefined,
    argument: string,
    owner: string | undefined,
): NamedRepository[] {
    const list = isList(given) ? given.map((name) => [name, name] as const) : Object.entries(given ?? {});
    const read = list.map(([key, name], index): NamedRepository => {
        const path = isList(given) ? `${argument}[${index}]` : `${argument}.${key}`;
        const bare = (text: string): string => withoutOwner(text, path, owner);
        return { key: bare(key), name: typeof name === "string" ? bare(name) : pulumi.output(name).apply(bare) };
    });
    const keys = read.map(({ key }) => key.toLowerCase());
    const twice = keys.find((key, index) => keys.indexOf(key) !== index);
    if (twice !== undefined) {
        throw badArgument(argument, `names the repository ${JSON.stringify(twice)} twice: once is enough`);
    }
    return read;
}

function isList(given: RepositoryNames | undefined): given is readonly string[] {
    return Array.isArray(given);
}

function withoutOwner(text: string, path: string, owner: string | undefined): string {
    const full = text.includes("/") ? text : `owner/${text}`;
    const found = atProperty(path, () => parseRepositoryName(full));
    if (full === text && owner !== undefined && found.owner.toLowerCase() !== owner.toLowerCase()) {
        throw badArgument(
            path,
            `${text} belongs to ${found.owner}, but the GitHub provider works for ${owner}: pulumi config set github:owner ${found.owner}, or give the component a provider of that owner`,
        );
    }
    return found.name;
}

/**
 * Whom the default GitHub provider works for, by the order in which it looks; undefined where only its token says, or
 * where the component has a provider of its own.
 */
export function providerOwner(opts: pulumi.ComponentResourceOptions | undefined): string | undefined {
    const own = opts?.provider ?? opts?.providers ?? opts?.parent;
    if (own !== undefined) {
        return undefined;
    }
    const config = new pulumi.Config("github");
    const { GITHUB_ORGANIZATION, GITHUB_OWNER } = process.env;
    return config.get("organization") || GITHUB_ORGANIZATION || GITHUB_OWNER || config.get("owner") || undefined;
}
