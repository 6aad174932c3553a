import * as v from "valibot";
import { HarborError, type Label } from "../../harbor";
import type { Fields, HarborInputs, HarborKind, HarborState, HarborTools } from "./kind";
import { commonEntries, problemsOf, text } from "./validate";

/** The inputs of `transship:HarborLabel`. */
export interface LabelInputs extends HarborInputs {
    readonly color?: string;
    readonly description?: string;
}

export type LabelState = LabelInputs & HarborState;

const schema = v.looseObject({
    ...commonEntries,
    // Harbor's own rule. (goharbor/harbor, src/pkg/label/model, `Valid`)
    name: v.pipe(text("name"), v.maxLength(128, "name has more than 128 characters")),
    project: v.optional(text("project")),
    color: v.optional(
        v.pipe(
            text("color"),
            v.regex(/^#[0-9a-f]{6}$/i, "color must be a colour as Harbor's pages take it, such as #0065AB"),
        ),
    ),
    description: v.optional(v.string("description must be a text")),
});

/** A label that images get, of a project or of the whole Harbor. */
export const labelKind: HarborKind<LabelInputs, Label> = {
    word: "label",
    problems: (inputs) => problemsOf(schema, inputs),
    replaces: [],
    renames: true,
    idOf: ({ id }) => id,
    find: async (name, { project }, { harbor }) => {
        const found = project === undefined ? undefined : await harbor.projects.find(project);
        return project !== undefined && found === undefined ? undefined : harbor.labels.find(name, found?.project_id);
    },
    wanted,
    actual: ({ color, description, name }) => ({
        name,
        color: (color ?? "").toUpperCase(),
        description: description ?? "",
    }),
    create: createLabel,
    update: async ({ color, description, name }, label, changed, { harbor }) => {
        await harbor.labels.update(label, {
            ...(changed.includes("name") && { name }),
            ...(changed.includes("color") && { color }),
            ...(changed.includes("description") && { description }),
        });
        return undefined;
    },
    delete: ({ id, name }, { harbor }) => harbor.labels.delete(id, name),
};

function wanted({ color, description, name }: LabelInputs): Fields {
    return {
        name,
        ...(color === undefined ? {} : { color: color.toUpperCase() }),
        ...(description === undefined ? {} : { description }),
    };
}

async function createLabel(
    { color, description, name, project }: LabelInputs,
    { harbor }: HarborTools,
): Promise<number> {
    const found = project === undefined ? undefined : await harbor.projects.find(project);
    if (project !== undefined && found === undefined) {
        throw new HarborError(
            "HARBOR_NOT_FOUND",
            `Could not create the label ${name}: there is no project ${project} at Harbor at ${harbor.host}: make it first, or check its name.`,
        );
    }
    return harbor.labels.create({
        name,
        ...(color === undefined ? {} : { color }),
        ...(description === undefined ? {} : { description }),
        ...(found === undefined ? { scope: "g" } : { scope: "p", project_id: found.project_id }),
    });
}
