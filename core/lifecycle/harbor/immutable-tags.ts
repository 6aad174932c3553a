import * as v from "valibot";
import {
    EVERY,
    HarborError,
    type ImmutableTagRule,
    type Pattern,
    repositoriesOf,
    repositorySelector,
    tagSelector,
    tagsOf,
} from "../../harbor";
import type { HarborInputs, HarborKind, HarborState, HarborTools } from "./kind";
import { isAbout, patternSchema } from "./patterns";
import { projectOf } from "./project-of";
import { commonEntries, flag, problemsOf, text } from "./validate";

/** The inputs of `transship:HarborImmutableTags`. */
export interface ImmutableTagsInputs extends HarborInputs {
    readonly project: string;
    readonly repositories?: Pattern;
    readonly tags?: Pattern;
    readonly disabled?: boolean;
}

export type ImmutableTagsState = ImmutableTagsInputs & HarborState;

interface ImmutableTagsLook {
    readonly project: string;
    readonly rule: ImmutableTagRule;
}

const REPOSITORIES = "repositories";
const TAGS = "tags";
const DISABLED = "disabled";
/** What clients write again beside an image: cosign's signatures and the lists of referrers. */
const SIGNATURES: Pattern = { excludes: "sha256-*" };
const A_SIGNATURE = `sha256-${"0".repeat(64)}.sig`;

const schema = v.looseObject({
    ...commonEntries,
    project: text("project"),
    repositories: v.optional(patternSchema(REPOSITORIES)),
    tags: v.optional(patternSchema(TAGS)),
    disabled: flag(DISABLED),
});

/** One rule of tags that nobody moves or deletes. It has no name at Harbor: it is its number, and before that what it says. */
export const immutableTagsKind: HarborKind<ImmutableTagsInputs, ImmutableTagsLook> = {
    word: "rule of immutable tags",
    nameless: "several",
    title: (inputs) => `rule of immutable tags (${contentOf(wishOf(inputs))}) of project ${inputs.project}`,
    problems: (inputs) => problemsOf(schema, inputs),
    replaces: [],
    renames: true,
    idOf: ({ rule }) => rule.id,
    find: findRule,
    wanted: (inputs) => ({ ...fieldsOf(wishOf(inputs)), [DISABLED]: inputs.disabled === true }),
    actual: ({ rule }) => ({ ...fieldsOf(rule), [DISABLED]: rule.disabled === true }),
    create: async (inputs, tools) => {
        const { name } = await projectOf(inputs.project, tools);
        return tools.harbor.immutableTagRules.create(name, { ...wishOf(inputs), disabled: inputs.disabled === true });
    },
    update: updateRule,
    delete: ({ project, rule }, { harbor }) => harbor.immutableTagRules.delete(project, rule.id),
    verify: async ({ tags = SIGNATURES }, _actual, isWork) =>
        isWork && isAbout(tags, A_SIGNATURE)
            ? {
                  warning: `its tags include sha256-*, where cosign keeps signatures and clients the lists of referrers: a second signature of an image will be refused; exclude them, as without "tags"`,
              }
            : {},
};

async function findRule(
    _name: string,
    inputs: ImmutableTagsInputs,
    { harbor }: HarborTools,
    former: Partial<ImmutableTagsInputs> = inputs,
): Promise<ImmutableTagsLook | undefined> {
    const { objectId, project } = inputs;
    const rules = await harbor.immutableTagRules.list(project).catch((error) => {
        if (error instanceof HarborError && error.code === "HARBOR_NOT_FOUND") {
            return [];
        }
        throw error;
    });
    const content = contentOf(wishOf(former));
    const rule = rules.find(({ id }) => id === objectId) ?? rules.find((one) => contentOf(one) === content);
    return rule && { project, rule };
}

/**
 * Where Harbor is told that a rule is on or off it changes nothing else, so that both are two requests; a rule is
 * enforced with what it is to say only.
 */
async function updateRule(
    inputs: ImmutableTagsInputs,
    { project, rule }: ImmutableTagsLook,
    changed: readonly string[],
    { harbor }: HarborTools,
): Promise<undefined> {
    const disabled = inputs.disabled === true;
    const said = changed.some((name) => name !== DISABLED) ? [{ ...rule, ...wishOf(inputs, rule) }] : [];
    const toggles = changed.includes(DISABLED);
    if (toggles && disabled) {
        await harbor.immutableTagRules.update(project, rule, { disabled });
    }
    for (const whole of said) {
        const now = toggles && disabled ? disabled : rule.disabled === true;
        await harbor.immutableTagRules.update(project, whole, { disabled: now });
    }
    if (toggles && !disabled) {
        await harbor.immutableTagRules.update(project, said[0] ?? rule, { disabled });
    }
    return undefined;
}

/** Harbor reads the first selector of each kind only. (goharbor/harbor, src/pkg/immutable/match/rule) */
function wishOf({ repositories = EVERY, tags = SIGNATURES }: Partial<ImmutableTagsInputs>, former?: ImmutableTagRule) {
    const [formerTags] = former?.tag_selectors ?? [];
    const [formerRepositories] = former?.scope_selectors?.repository ?? [];
    return {
        action: "immutable",
        template: "immutable_template",
        tag_selectors: [tagSelector(tags, formerTags)],
        scope_selectors: {
            ...former?.scope_selectors,
            repository: [repositorySelector(repositories, formerRepositories)],
        },
    };
}

type Said = Pick<ImmutableTagRule, "tag_selectors" | "scope_selectors">;

function fieldsOf({ scope_selectors, tag_selectors }: Said) {
    return {
        [REPOSITORIES]: repositoriesOf({
            scope_selectors: { repository: (scope_selectors?.repository ?? []).slice(0, 1) },
        }),
        [TAGS]: tagsOf({ tag_selectors: (tag_selectors ?? []).slice(0, 1) }),
    };
}

function contentOf(said: Said): string {
    const { repositories, tags } = fieldsOf(said);
    return `repositories ${repositories}, tags ${tags}`;
}
