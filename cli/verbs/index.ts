import type { VerbEntry } from "../verb";

/**
 * Every verb, in the order of the help. A new one is a line here and a file beside. `require`, since `import()` starts
 * the other module loader, which costs a small command more than it saves.
 */
export const VERBS: readonly VerbEntry[] = [
    {
        name: "check",
        summary: "look at every copy and say whether all are the same image; writes nothing",
        load: () => (require("./check") as typeof import("./check")).check,
    },
    {
        name: "sync",
        summary: "carry what is missing or differs, and prove it",
        load: () => (require("./sync") as typeof import("./sync")).sync,
    },
    {
        name: "publish",
        summary: "carry what was built once to every place of an image, and move its tags last, all or none",
        load: () => (require("./publish") as typeof import("./publish")).publish,
    },
    {
        name: "report",
        summary: "print what runs of check found, all shards together; asks no registry",
        load: () => (require("./report") as typeof import("./report")).report,
    },
    {
        name: "lock",
        summary: "write which digest each tag is to have in an environment",
        load: () => (require("./lock") as typeof import("./lock")).lock,
    },
    {
        name: "sources",
        summary: "write where each image can be pulled from (MIRRORS.md)",
        load: () => (require("./sources") as typeof import("./sources")).sources,
    },
    {
        name: "probe",
        summary: "measure from here how available and how fast each registry is",
        load: () => (require("./probe") as typeof import("./probe")).probe,
    },
    {
        name: "availability",
        summary: "collect what probes of several regions found, and name the best source for each",
        load: () => (require("./availability") as typeof import("./availability")).availability,
    },
    {
        name: "doctor",
        summary: "find out why pulling from a registry fails, or would",
        load: () => (require("./doctor") as typeof import("./doctor")).doctor,
    },
    {
        name: "exporter",
        summary: "look again and again, and serve what is seen as Prometheus metrics until Ctrl-C",
        load: () => (require("./exporter") as typeof import("./exporter")).exporter,
    },
    {
        name: "workflow",
        summary: "write the workflow that runs it on a schedule, or on several machines",
        load: () => (require("./workflow") as typeof import("./workflow")).workflow,
    },
    {
        name: "tags",
        summary: "print which tags docker/metadata-action's rules give a commit",
        load: () => (require("./tags") as typeof import("./tags")).tags,
    },
    {
        name: "serve",
        summary: "run a local registry until Ctrl-C",
        load: () => (require("./serve") as typeof import("./serve")).serve,
    },
];
