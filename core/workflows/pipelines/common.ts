import { cronProblem } from "../cron";
import { WorkflowError } from "../error";
import { type Installation, installation } from "../installation";
import { ownVersion } from "../own-version";
import type { Access } from "./access";
import { buildValues } from "./build-script";
import type { PipelineCommon, PublishPipelineParameters } from "./parameters";
import { checkPaths, checkRefPatterns } from "./ref-patterns";
import { checkTexts } from "./shell-text";

/** Minutes for an image to be built, signed and carried, and for a catalogue to be mirrored or looked at. */
export const MINUTES = { publish: 60, mirror: 120, proof: 60 } as const;
const MAX_MINUTES = 1440;
/** What a proof leaves, and the days that it is kept. */
export const PROOF_FILES = ["check.json", "report.html"] as const;
export const PROOF_DAYS = 30;

/** With a digest, and maybe a tag before it. */
const PINNED = /^[a-z0-9][A-Za-z0-9._:/-]*@sha256:[0-9a-f]{64}$/;
/** What GitLab and Jenkins may call a machine; a quote or an operator would be an expression. */
const LABEL = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** What scripts call: the function that the lines of `commandLines` define. */
export const COMMAND = "transship";

/** Lines that make the command ready, once a job. */
export function installLines(common: PipelineCommon, access: Access): string[] {
    return installed(common, access).steps.flatMap(({ run = [] }) => run);
}

/** Lines that give the command its name, once a script. */
export function commandLines(common: PipelineCommon, access: Access): string[] {
    return [`${COMMAND}() {`, `    ${installed(common, access).command} "$@"`, "}"];
}

function installed({ install = "npx", version }: PipelineCommon, { peers }: Access): Installation {
    return installation(install, version ?? ownVersion(), peers);
}

/** @throws WorkflowError for the first parameter that no platform could take */
export function checkCommon({ catalog, deployment, environment, image, runner = [] }: PipelineCommon): void {
    const label = runner.find((one) => !LABEL.test(one));
    demand(label === undefined, `${JSON.stringify(label)} is no label of a machine`);
    demand(
        image === undefined || PINNED.test(image),
        `The jobs' image ${JSON.stringify(image)} is not pinned: write it with its digest, as registry.example.com/ci@sha256:…`,
    );
    demand(catalog !== "" && !catalog.includes("\n"), `${JSON.stringify(catalog)} is no path of a catalogue`);
    demand(
        deployment === undefined || /^[A-Za-z0-9][A-Za-z0-9 _/.-]{0,254}$/.test(deployment),
        `${JSON.stringify(deployment)} is no name of an environment`,
    );
    demand(environment !== "", "The catalogue's environment has no name");
    checkTexts({ catalog, ...(environment === undefined ? {} : { environment }) });
}

/** @throws WorkflowError where a schedule is none */
export function checkSchedule(schedule: string): void {
    const problem = cronProblem(schedule);
    demand(problem === undefined, `The schedule ${JSON.stringify(schedule)} is not understood: ${problem}`);
}

/** @throws WorkflowError where it could not be what somebody wants */
export function checkPublish({ builds, on, timeoutMinutes = MINUTES.publish }: PublishPipelineParameters): void {
    const { branches = [], paths = [], releases = false, schedule, tags = [] } = on;
    demand(builds.length > 0, "There is nothing to build: name an image");
    const names = builds.map(({ image }) => image);
    const twice = names.find((name, index) => names.indexOf(name) < index);
    demand(twice === undefined, `${twice} is built twice: give it one build`);
    const strange = names.find((name) => !/^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$/.test(name));
    demand(strange === undefined, `${JSON.stringify(strange)} is no name of an image in a catalogue`);
    demand(
        Number.isInteger(timeoutMinutes) && timeoutMinutes >= 1 && timeoutMinutes <= MAX_MINUTES,
        `The time limit is ${timeoutMinutes} minutes: take 1 to ${MAX_MINUTES}`,
    );
    builds.forEach(buildValues);
    checkRefPatterns([...branches, ...tags]);
    checkPaths(paths);
    if (schedule !== undefined) {
        checkSchedule(schedule);
    }
    const nothing = branches.length + tags.length === 0 && !releases && schedule === undefined;
    demand(!nothing, "Nothing would ever start it: name branches, tags, releases or a schedule");
}

/** `transship-publish-explorer`, with the environment behind it: who waits for whom. */
export function groupName(...parts: readonly (string | undefined)[]): string {
    return ["transship", ...parts]
        .flatMap((part) => part ?? [])
        .join("-")
        .replace(/[^A-Za-z0-9_.-]+/g, "-");
}

/** One image, or several with commas and an "and". */
export function listed(names: readonly string[]): string {
    return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function demand(holds: boolean, problem: string): void {
    if (!holds) {
        throw new WorkflowError(`${problem}.`);
    }
}
