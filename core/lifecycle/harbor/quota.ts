import * as v from "valibot";
import { HarborError } from "../../harbor";
import type { HarborInputs, HarborKind, HarborState, HarborTools } from "./kind";
import { bytesOf } from "./project-inputs";
import { projectOf } from "./project-of";
import { commonEntries, problemsOf, text } from "./validate";

/** The inputs of `transship:HarborQuota`. */
export interface QuotaInputs extends HarborInputs {
    readonly project: string;
    /** Bytes, or `50GiB`, or `unlimited`. */
    readonly storage: number | string;
}

export type QuotaState = QuotaInputs & HarborState;

interface QuotaLook {
    readonly id: number;
    /** Bytes; -1: no limit. */
    readonly storage: number;
}

const UNLIMITED = -1;
const STORAGE = 'storage must be bytes, or a text such as "50GiB" or "unlimited"';

const schema = v.looseObject({
    ...commonEntries,
    project: text("project"),
    storage: v.pipe(
        v.union([v.number(), v.string()], STORAGE),
        v.check((given) => bytesOf(given) !== undefined, STORAGE),
    ),
});

/**
 * How much a project may hold. Harbor makes a quota with each project, so it is nobody's while it is what Harbor gives a
 * new one; anything else is what somebody has set.
 */
export const quotaKind: HarborKind<QuotaInputs, QuotaLook> = {
    word: "quota",
    nameless: "single",
    title: ({ project }) => `quota of project ${project}`,
    problems: (inputs) => problemsOf(schema, inputs),
    replaces: [],
    renames: true,
    idOf: ({ id }) => id,
    find: async (_name, { objectId, project }, tools, former) => {
        const found = await tools.harbor.projects.find(project);
        const quota = found && (await quotaOf(found.project_id, tools));
        // That of a project which was made anew is another one, and nobody's again.
        const isOurs = objectId === undefined ? former !== undefined : objectId === quota?.id;
        return isOurs || quota === undefined || quota.storage !== (await plainStorage(tools)) ? quota : undefined;
    },
    wanted: ({ storage }) => ({ storage: shown(bytesOf(storage)) }),
    actual: ({ storage }) => ({ storage: shown(storage) }),
    create: async ({ project, storage }, tools) => {
        const { project_id } = await projectOf(project, tools);
        const quota = await quotaOf(project_id, tools);
        if (quota === undefined) {
            throw new HarborError(
                "HARBOR_QUOTA_OFF",
                `The project ${project} at ${tools.harbor.host} can have no quota: quotas are off in Harbor's settings. Turn them on there, or take the HarborQuota away.`,
            );
        }
        await tools.harbor.quotas.update(quota.id, bytesOf(storage) ?? UNLIMITED);
        return quota.id;
    },
    update: async ({ storage }, { id }, _changed, { harbor }) => {
        await harbor.quotas.update(id, bytesOf(storage) ?? UNLIMITED);
        return undefined;
    },
    // A quota goes with its project only: what is left is what a new project has.
    delete: async ({ id }, tools) => tools.harbor.quotas.update(id, await plainStorage(tools)),
};

async function quotaOf(projectId: number, { harbor }: HarborTools): Promise<QuotaLook | undefined> {
    const found = await harbor.quotas.ofProject(projectId);
    const storage = found?.hard?.storage;
    return found === undefined || typeof storage !== "number" ? undefined : { id: found.id, storage };
}

/** Of a login that may set quotas and not read Harbor's settings: what Harbor has at first. */
async function plainStorage({ harbor }: HarborTools): Promise<number> {
    return harbor.quotas.ofNewProjects().catch((error) => {
        if (error instanceof HarborError && error.code === "HARBOR_FORBIDDEN") {
            return UNLIMITED;
        }
        throw error;
    });
}

/** `50 GiB` where it is whole, else bytes. */
function shown(bytes: number | undefined): string {
    if (bytes === undefined || bytes === UNLIMITED) {
        return "unlimited";
    }
    const units = ["TiB", "GiB", "MiB", "KiB"].map((unit, at) => [unit, 2 ** (10 * (4 - at))] as const);
    const [unit, size] = units.find(([, one]) => bytes % one === 0) ?? ["bytes", 1];
    return unit === "bytes" ? `${bytes} bytes` : `${bytes / size}${unit}`;
}
