import type { Absence } from "../../contenders/contender";
import { adviceFor, findPeer } from "../../contenders/find-peers";
import type { Candidates, Copier } from "../copier";
import { crane, oras, regctl, skopeo } from "./process-pool";
import { regsyncOnce } from "./regsync";

export { transshipSync } from "./transship";

const PEERS: Readonly<Record<string, (program: string, version: string, width: number) => Copier>> = {
    regsync: regsyncOnce,
    regctl,
    crane,
    skopeo,
    oras,
};

export interface Peers {
    readonly found: readonly Candidates[];
    readonly absent: readonly Absence[];
}

/**
 * The peers on this machine, each with the widths that are tried: images or processes at a time.
 *
 * @param copies how many there are to make; wider than that is the same
 */
export function findCopiers(copies: number, widths: readonly number[]): Peers {
    const distinct = [...new Set(widths.map((width) => Math.min(width, copies)))];
    const found: Candidates[] = [];
    const absent: Absence[] = [];
    for (const [name, build] of Object.entries(PEERS)) {
        const peer = findPeer(name);
        if (peer === undefined) {
            absent.push({ title: name, advice: adviceFor(name) });
            continue;
        }
        const [first, ...others] = distinct.map((width) => build(peer.path, peer.version, width));
        if (first !== undefined) {
            found.push([first, ...others]);
        }
    }
    return { found, absent };
}
