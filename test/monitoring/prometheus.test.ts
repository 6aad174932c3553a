import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { start } from "../cli/command";
import { world } from "../cli/world";
import { pushTree, singleImage } from "../support/images";
import { startPrometheus } from "../support/prometheus";
import { describeWith } from "../support/require-program";
import { queriesOf, RULES, readDashboard } from "./files";

interface Alert {
    readonly state: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
}

/** The rules that ship, with shorter times: nothing else of them is changed. */
function impatient(rules: string): string {
    return rules.replace(/^( +for:) .*$/gm, "$1 1s");
}

describeWith(["prometheus"], "A real Prometheus", ({ prometheus }) => {
    it("sees an alert fire on drift and end with the repair, and understands the whole dashboard", async () => {
        const place = await world();
        expect((await place.run(["sync"])).code).toBe(0);
        const flags = ["exporter", "--listen", "127.0.0.1:0", "--interval", "1s"];
        const exporter = await start(flags, { cwd: place.folder });
        await expect.poll(() => exporter.written.stdout, { timeout: 10_000 }).toContain("/metrics");
        const target = /http:\/\/([^/\s]+)/.exec(exporter.written.stdout)?.[1] ?? "";
        const server = await startPrometheus(prometheus, { target, rules: impatient(readFileSync(RULES, "utf8")) });
        try {
            const alerts = async (): Promise<readonly Alert[]> =>
                (await server.api<{ alerts: Alert[] }>("alerts")).alerts.filter(({ state }) => state === "firing");
            const names = async () => (await alerts()).map(({ labels }) => labels.alertname);
            const consistent = () =>
                server.api<{ result: unknown[] }>("query", { query: "count(transship_image_consistent == 1) == 2" });
            await expect.poll(async () => (await consistent()).result.length, { timeout: 15_000 }).toBe(1);
            expect(await names()).not.toContain("TransshipImageDrift");

            // The upstream moves on: the target has what was right before.
            await pushTree(place.source.host, "acme/vault", singleImage({ seed: "next" }), { tag: "1.18" });
            await expect.poll(names, { timeout: 15_000 }).toContain("TransshipImageDrift");
            const [alert] = (await alerts()).filter(({ labels }) => labels.alertname === "TransshipImageDrift");
            expect(alert?.labels).toMatchObject({
                image: "vault",
                tag: "1.18",
                registry: "ghcr",
                severity: "critical",
            });
            expect(alert?.annotations.summary).toMatch(/^vault:1\.18 at ghcr is (?:different|stale)$/);
            await everyQueryWorks(server.api);

            expect((await place.run(["sync"])).code).toBe(0);
            await expect.poll(names, { timeout: 15_000 }).not.toContain("TransshipImageDrift");
            expect((await consistent()).result).toHaveLength(1);
        } finally {
            await server.close();
        }
    }, 60_000);
});

/** Prometheus evaluates each query of the dashboard, and has heard of each rule what is wrong with it: nothing. */
async function everyQueryWorks(api: Awaited<ReturnType<typeof startPrometheus>>["api"]): Promise<void> {
    const silent: string[] = [];
    for (const { title, expr } of queriesOf(readDashboard())) {
        const { result } = await api<{ result: unknown[] }>("query", { query: expr });
        if (result.length === 0) {
            silent.push(title);
        }
    }
    // No image is waived here, nothing was found, and no registry counts pulls.
    expect(silent).toEqual([
        "Findings and undecided tags A",
        "Findings and undecided tags B",
        "Pulls left A",
        "Pulls left B",
        "Pulls left C",
    ]);
    await expect(api("query", { query: "avg(transship_image_consistent" })).rejects.toThrow("parse error");
    const { groups } = await api<{ groups: { rules: { health: string; name: string }[] }[] }>("rules");
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.filter(({ health }) => health !== "ok")).toEqual([]);
    expect(rules).toHaveLength(13);
}
