import type { Fleet } from "../fleet";
import type { Command, MeasuredRun } from "../measure/run-measured";
import type { FleetImage } from "../servers/fill";

/** A tool that does a case's work, with the settings that it is at its best with. */
export interface Contender {
    /** `regsync check` */
    readonly title: string;
    /** Its version, as it says or as it was built. */
    readonly version: string;
    /** The settings that were used, in words. */
    readonly settings: string;
    /** The others are peers. */
    readonly ours?: boolean;
    /** It asks the same as a check does, but would change what differs: shown, and not the peer that an aim names. */
    readonly writes?: boolean;
    /**
     * It starts a process for each reference, so that its cost grows evenly with them: where a round would take too
     * long, a part of the images is enough.
     */
    readonly divisible?: boolean;
    /** Writes what it needs, and says how it is started. */
    prepare(fleet: Fleet, images: readonly FleetImage[]): Promise<Command>;
    /** Throws unless this run asked about every image and found all of them equal. */
    verify(run: MeasuredRun, images: readonly FleetImage[]): void;
}

/** A contender that is not on this machine. */
export interface Absence {
    readonly title: string;
    readonly advice: string;
}

/** A bare environment: no credentials, no proxies, nothing of the user's. */
export function bareEnvironment({ directory: home }: { readonly directory: string }): Record<string, string> {
    return { PATH: process.env.PATH ?? "", HOME: home, DOCKER_CONFIG: home, XDG_RUNTIME_DIR: home, LANG: "C.UTF-8" };
}

export function failed(title: string, run: MeasuredRun, why: string): Error {
    const said = `${run.stderr}\n${run.stdout}`.trim().slice(0, 800);
    return new Error(`${title} did not do its work: ${why} (exit code ${run.exitCode}).\n${said}`);
}
