import Ajv from "ajv";
import type { ResourceRecord } from "../mocks";
import ruleSchema from "./create-pull-through-cache-rule.schema.json";
import templateSchema from "./create-repository-creation-template.schema.json";

const ajv = new Ajv({ allErrors: true, strict: false });
const isRule = ajv.compile(ruleSchema);
const isTemplate = ajv.compile(templateSchema);

/** Why AWS would refuse the request of a pull-through rule; none is what it takes. */
export function ruleProblems(request: object): string[] {
    return isRule(request)
        ? []
        : (isRule.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The same for a creation template. */
export function templateProblems(request: object): string[] {
    return isTemplate(request)
        ? []
        : (isTemplate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

type Inputs = Readonly<Record<string, unknown>>;

/** What the provider sends for `aws:ecr/pullThroughCacheRule:PullThroughCacheRule`: AWS's own names. */
export function ruleRequest({ region: _, ...inputs }: Inputs): object {
    return inputs;
}

/** What the provider sends for `aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate`. */
export function templateRequest(inputs: Inputs): object {
    const { appliedFors, encryptionConfigurations, region: _, resourceTags, ...same } = inputs;
    const [encryptionConfiguration] = (encryptionConfigurations ?? []) as object[];
    return {
        ...same,
        appliedFor: appliedFors,
        ...(encryptionConfiguration === undefined ? {} : { encryptionConfiguration }),
        ...(resourceTags === undefined
            ? {}
            : { resourceTags: Object.entries(resourceTags as Inputs).map(([Key, Value]) => ({ Key, Value })) }),
    };
}

/** What AWS would refuse of a recorded program, by resource. */
export function refusedByEcr(resources: readonly ResourceRecord[]): Record<string, string[]> {
    const found = resources.flatMap(({ inputs, name, type }): [string, string[]][] => {
        const known = inputs as Inputs;
        if (type.endsWith(":PullThroughCacheRule")) {
            return [[name, ruleProblems(ruleRequest(known))]];
        }
        return type.endsWith(":RepositoryCreationTemplate") ? [[name, templateProblems(templateRequest(known))]] : [];
    });
    return Object.fromEntries(found.filter(([, problems]) => problems.length > 0));
}
