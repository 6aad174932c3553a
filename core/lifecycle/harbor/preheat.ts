import { HarborError, type PreheatPolicy } from "../../harbor";
import type { HarborKind, HarborTools, Verdict } from "./kind";
import { preheatFields, preheatWanted, preheatWish } from "./preheat-fields";
import { type PreheatInputs, preheatProblems } from "./preheat-inputs";

interface PreheatLook {
    readonly project: string;
    readonly policy: PreheatPolicy;
}

const ALL = "**";

/** What of a project is pulled into a P2P network before anybody asks. */
export const preheatKind: HarborKind<PreheatInputs, PreheatLook> = {
    word: "preheat policy",
    problems: preheatProblems,
    replaces: [],
    renames: true,
    idOf: ({ policy }) => policy.id ?? 0,
    find: async (name, { project }, { harbor }) => {
        const policy = await harbor.preheat.find(project, name);
        return policy && { project, policy };
    },
    wanted: preheatWanted,
    actual: ({ policy }) => preheatFields(policy),
    create: async (inputs, tools) => {
        const { enabled = true, name, project, repositories = ALL, tags = ALL, trigger = { type: "manual" } } = inputs;
        // Harbor takes one without filters or without a trigger, and it never works.
        const whole: PreheatInputs = { ...inputs, enabled, repositories, tags, trigger };
        const provider_id = await instanceId(inputs, tools);
        await tools.harbor.preheat.create(project, { ...preheatWish(whole, { name }), name, provider_id });
        // Its answer has no number.
        return (await tools.harbor.preheat.find(project, name))?.id ?? 0;
    },
    update: async (inputs, { policy, project }, _changed, tools) => {
        const changes = { ...preheatWish(inputs, policy), provider_id: await instanceId(inputs, tools) };
        await tools.harbor.preheat.update(project, policy, changes);
        return undefined;
    },
    delete: ({ policy, project }, { harbor }) => harbor.preheat.delete(project, policy.name),
    verify: verifyInstance,
};

async function verifyInstance(
    inputs: PreheatInputs,
    _actual: PreheatLook | undefined,
    isWork: boolean,
    tools: HarborTools,
): Promise<Verdict> {
    const found = isWork ? await lookUp(inputs, tools) : undefined;
    return typeof found === "string" ? { refusals: [found] } : {};
}

async function instanceId(inputs: PreheatInputs, tools: HarborTools): Promise<number> {
    const found = await lookUp(inputs, tools);
    if (typeof found === "string") {
        throw new HarborError("HARBOR_NOT_FOUND", found);
    }
    return found;
}

/** @returns its number, or why there is none */
async function lookUp({ instance, name, project }: PreheatInputs, { harbor }: HarborTools): Promise<number | string> {
    const all = await harbor.preheat.instances();
    const found = all.find((one) => one.name === instance);
    const known = all.length === 0 ? "none" : all.map((one) => one.name).join(", ");
    return (
        found?.id ??
        `The preheat policy ${name} of project ${project} names the P2P network ${instance}, and Harbor at ${harbor.host} has ${known}: set it up there (Administration, Distributions), or name one of them.`
    );
}
