import { parsePrivateEcrHost } from "../aws-names";
import { quote } from "../oci";
import type { ImageContext } from "./images";
import type { Place } from "./place";
import type { SourcePlace } from "./registries";
import type { WrittenImage } from "./schema";
import type { ImageTarget, Registry, Replicator } from "./types";
import type { Loose } from "./validate";

type Written = Loose<Exclude<NonNullable<WrittenImage["targets"]>[number], string>>;

/** One target of one image, as far as another engine must be able to carry it. */
interface Subject {
    readonly written: Loose<WrittenImage>;
    readonly source: SourcePlace;
    readonly target: ImageTarget;
}

const OURSELVES = 'carry it ourselves by "replicateWith: transship"';

/**
 * Who carries to a target: what it says, else its registry's default. What the other engine cannot do is told here,
 * before anything is asked: it carries tags as they are, whole, and where its rules put them.
 *
 * @param place of the target, or of the image where the targets are those of `defaults`
 */
export function readReplication(
    given: Partial<Written>,
    subject: Subject,
    place: Place,
    context: ImageContext,
): Pick<ImageTarget, "replicateWith" | "rule"> {
    const { problems, registries, defaults } = context;
    const own = given.replicateWith;
    const chosen = own ?? registries.replicator(subject.target.registry) ?? "transship";
    const { rule } = given;
    if (rule !== undefined && chosen !== "harbor") {
        problems.report(place.at("rule"), `"rule" names a rule of Harbor's, and goes with replicateWith harbor only`);
    }
    if (chosen === "transship") {
        return {};
    }
    const { written } = subject;
    const at = own === undefined ? place : place.at("replicateWith");
    if (written.policy === "migrate" && written.phase === "cut-over") {
        // The source is asked no more: what other targets lack comes from the first one.
        if (own !== undefined) {
            problems.report(at, `after the cut-over nothing is carried from the source any more: leave it out`);
        }
        return {};
    }
    const platforms = written.platforms ?? defaults.platforms ?? "all";
    const foreignLayers = written.foreignLayers ?? defaults.foreignLayers ?? "skip";
    const problem =
        registryProblem(chosen, subject, context) ??
        (platforms === "all" ? undefined : `${NAMES[chosen]} carries whole indexes, and this image lists platforms`) ??
        (foreignLayers === "skip" ? undefined : `${NAMES[chosen]} leaves non-distributable layers where they are`) ??
        renameProblem(chosen, subject);
    if (problem !== undefined) {
        problems.report(at, `${problem}; ${OURSELVES}`);
        return {};
    }
    return { replicateWith: chosen, ...(rule === undefined ? {} : { rule }) };
}

const NAMES: Readonly<Record<Replicator, string>> = { harbor: "Harbor", ecr: "ECR" };

function registryProblem(
    chosen: Replicator,
    { source, target }: Subject,
    { registries }: Pick<ImageContext, "registries">,
): string | undefined {
    const from = source.registry;
    const to = registries.all().find(({ name }) => name === target.registry);
    if (to === undefined) {
        return undefined;
    }
    const kinds = `the source ${from.host} is of kind ${from.kind}, the target ${quote(to.name)} of kind ${to.kind}`;
    if (chosen === "harbor") {
        const isThere = from.kind === "harbor" || to.kind === "harbor";
        return isThere ? undefined : `neither side is a Harbor (${kinds})`;
    }
    if (from.kind !== "ecr" || to.kind !== "ecr") {
        return `ECR replicates between private registries of ECR only (${kinds})`;
    }
    const [one, other] = [placeOf(from), placeOf(to)];
    return one !== undefined && other !== undefined && one.partition !== other.partition
        ? `ECR does not replicate between partitions (${one.partition} and ${other.partition})`
        : undefined;
}

function placeOf({ host }: Registry) {
    return parsePrivateEcrHost(host);
}

function renameProblem(chosen: Replicator, { source, target }: Subject): string | undefined {
    const renamed = target.tags.find(({ from, to }) => from !== to);
    if (renamed !== undefined) {
        return `${NAMES[chosen]} carries tags under their own names, and ${quote(renamed.from)} is to be ${quote(renamed.to)}`;
    }
    const [from, to] = [source.repository, target.repository];
    if (from === to) {
        return undefined;
    }
    if (chosen === "ecr") {
        return `ECR keeps a repository's name, and ${quote(from)} is to be ${quote(to)}`;
    }
    // A rule puts another namespace before the last part of the name, or before more of it.
    const isKept = to.includes("/") && to.split("/").at(-1) === from.split("/").at(-1);
    return isKept
        ? undefined
        : `Harbor's rules keep the last part of a repository's name, and ${quote(from)} is to be ${quote(to)}`;
}
