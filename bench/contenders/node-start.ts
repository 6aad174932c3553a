import { bareEnvironment, type Contender, failed } from "./contender";

/** What any program in Node costs before it does anything: the part of our figures that no code of ours can lower. */
export const nodeStart: Contender = {
    title: "node -e 0",
    version: process.version,
    settings: "no work at all",

    async prepare(fleet) {
        return { program: process.execPath, args: ["-e", "0"], cwd: fleet.directory, env: bareEnvironment(fleet) };
    },

    verify(run) {
        if (run.exitCode !== 0) {
            throw failed(this.title, run, "it failed");
        }
    },
};
