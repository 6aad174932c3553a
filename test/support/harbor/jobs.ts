import type { LocalExecution, LocalTask, Row, World } from "./state";

type New = Pick<LocalExecution, "vendor" | "vendor_id"> & Partial<Pick<LocalExecution, "trigger" | "extra">>;

const isOver = ({ status }: { readonly status: string }) => !["Pending", "Running"].includes(status);

/** A new execution of the job service; its tasks come with the first step. */
export function start(world: World, { extra = {}, trigger = "MANUAL", ...whose }: New): LocalExecution {
    const execution: LocalExecution = {
        id: world.id("execution"),
        ...whose,
        trigger,
        extra,
        status: "Running",
        status_text: "",
        start_time: world.at(),
        launched: false,
    };
    world.executions.set(execution.id, execution);
    return execution;
}

/** One step of every execution that is under way: tasks made, tasks begun, tasks ended. */
export function step(world: World): void {
    for (const execution of world.executions.values()) {
        if (!isOver(execution)) {
            advance(world, execution);
        }
    }
}

function advance(world: World, execution: LocalExecution): void {
    const tasks = tasksOf(world, execution);
    if (!execution.launched) {
        launch(world, execution);
    } else if (tasks.some(({ status }) => status === "Pending")) {
        for (const task of tasks) {
            task.status = "Running";
        }
    } else {
        for (const task of tasks.filter((one) => !isOver(one))) {
            const { log = "copy completed\n", status } = world.outcome?.(task) ?? { status: "Success" };
            if (status !== "Running") {
                Object.assign(task, { status, log: `${task.log}${log}`, end_time: world.at() });
            }
        }
        if (tasks.some((one) => !isOver(one))) {
            return;
        }
        end(world, execution, tasks.some(({ status }) => status === "Error") ? "Error" : "Success");
    }
}

function launch(world: World, execution: LocalExecution): void {
    execution.launched = true;
    const resources = resourcesOf(world, execution);
    for (const { dst, src } of resources) {
        const id = world.id("task");
        const times = { start_time: world.at() };
        const log = `${world.at()} [INFO] start to copy ${src} to ${dst}\n`;
        world.tasks.set(id, {
            id,
            execution_id: execution.id,
            src_resource: src,
            dst_resource: dst,
            status: "Pending",
            log,
            ...times,
        });
    }
    if (resources.length === 0) {
        end(world, execution, "Success", "no resources need to be replicated");
    }
}

function resourcesOf(world: World, execution: LocalExecution): readonly { src: string; dst: string }[] {
    if (execution.vendor !== "REPLICATION") {
        return [{ src: execution.vendor.toLowerCase(), dst: "" }];
    }
    const policy = world.policies.get(execution.vendor_id);
    return policy === undefined ? [] : (world.resources?.(policy) ?? named(policy));
}

/** One resource for each name that a rule's filters name. */
function named(policy: Row): { src: string; dst: string }[] {
    const filters = (policy.filters ?? []) as { type: string; value: string }[];
    const tag = filters.find(({ type }) => type === "tag")?.value ?? "latest";
    const names = filters
        .filter(({ type }) => type === "name")
        .flatMap(({ value }) =>
            value
                .replace(/^(.*)\{(.*)\}$/, (_all, before, list) =>
                    list
                        .split(",")
                        .map((one: string) => before + one)
                        .join("\n"),
                )
                .split("\n"),
        );
    return names.map((name) => ({
        src: `${name} [1 item(s) in total]`,
        dst: `${policy.dest_namespace || name}:${tag}`,
    }));
}

export function tasksOf(world: World, { id }: LocalExecution): LocalTask[] {
    return [...world.tasks.values()].filter((task) => task.execution_id === id);
}

export function end(world: World, execution: LocalExecution, status: LocalExecution["status"], text = ""): void {
    Object.assign(execution, {
        status,
        status_text: text || execution.status_text,
        end_time: world.at(),
        launched: true,
    });
}

/** What is under way is stopped; what is over stays as it ended. */
export function stop(world: World, execution: LocalExecution): void {
    if (isOver(execution)) {
        return;
    }
    for (const task of tasksOf(world, execution).filter((one) => !isOver(one))) {
        Object.assign(task, { status: "Stopped", end_time: world.at() });
    }
    end(world, execution, "Stopped");
}
