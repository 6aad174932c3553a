import { expect, it } from "vitest";
import { embedded } from "../support/embedded";
import { ADMIN, describeHarbor, localHarbor } from "../support/harbor";
import { type HarborFront, startFront } from "../support/harbor/front";
import { JobService } from "../support/harbor/job-service";
import { digestAt, type World, world } from "./world";

/** A world whose target is a Harbor with a rule for what is there. */
async function harborWorld(): Promise<
    World & {
        readonly front: HarborFront;
        readonly harbor: Awaited<ReturnType<typeof localHarbor>>;
        readonly jobs: JobService;
        readonly behind: string;
    }
> {
    const harbor = await localHarbor();
    const behind = await embedded();
    const front = await startFront(harbor.url, behind.host);
    const jobs = new JobService(harbor);
    const made = await world({
        registries: {
            harbor: {
                host: `${front.host}/mirror`,
                kind: "harbor",
                insecure: true,
                replicateWith: "harbor",
                credentials: { from: "anonymous" },
            },
        },
        images: (host) => ({
            vault: { source: `${host}/acme/vault`, tags: ["1.18"], targets: ["harbor"], referrers: false },
        }),
    });
    harbor.byHand("POST", "/registries", { name: "hub", type: "docker-registry", url: `http://${made.source.host}` });
    harbor.byHand("POST", "/replication/policies", {
        name: "vaults",
        src_registry: { id: 1 },
        dest_namespace: "mirror",
        dest_namespace_replace_count: 0,
        trigger: { type: "manual" },
        filters: [{ type: "name", value: "acme/*" }],
        override: true,
        enabled: true,
    });
    jobs.rules.set("vaults", [
        {
            from: { host: made.source.host, repository: "acme/vault" },
            to: { host: behind.host, repository: "mirror/acme/vault" },
            tags: ["1.18"],
        },
    ]);
    return { ...made, front, harbor, jobs, behind: behind.host };
}

const env = { TRANSSHIP_CREDENTIALS: JSON.stringify({ harbor: ADMIN }) };

describeHarbor("transship sync", () => {
    it("lets Harbor carry, looks at the digests itself, and records what is proven", async () => {
        const { behind, front, harbor, lockOf, run, vault } = await harborWorld();
        const foreseen = await run(["sync", "--dry-run"], { env });
        expect(foreseen.stderr).toContain(`Harbor at ${front.host} would run its rule vaults for vault:1.18@harbor.`);
        expect(harbor.world.executions.size).toBe(0);
        const done = await run(["sync", "--json"], { env });
        expect(done.stderr).toContain(`rule vaults of Harbor at ${front.host}: started the execution 1.`);
        expect(done.code).toBe(0);
        expect(JSON.parse(done.stdout)).toMatchObject({
            carries: [{ image: "vault", registry: "harbor", digest: vault.root, by: "harbor" }],
            failures: [],
            recorded: 1,
        });
        expect(await digestAt(behind, "mirror/acme/vault", "1.18")).toBe(vault.root);
        expect(lockOf("default").vault?.["1.18"]?.digest).toBe(vault.root);
        const again = await run(["sync"], { env });
        expect([again.code, harbor.world.executions.size]).toEqual([0, 1]);
        await front.close();
    });

    it("says what Harbor could not carry, and that it has no login for it", async () => {
        const { front, harbor, jobs, run } = await harborWorld();
        const nobody = await run(["sync"]);
        expect(nobody.code).toBe(1);
        expect(nobody.stdout).toContain(
            `could not carry vault:1.18@harbor: There is no login for Harbor's API at ${front.host}, which is to replicate: give the registry "credentials"`,
        );
        expect(harbor.asked()).toEqual([]);
        jobs.broken.set("mirror/acme/vault", "2026-11-22T05:17:02Z [ERROR] [/x.go:1]: dial tcp: i/o timeout\n");
        const failed = await run(["sync"], { env });
        expect(failed.code).toBe(1);
        expect(failed.stdout).toMatch(
            /could not carry vault:1\.18@harbor: the execution 1 of .* calls it Failed: dial tcp: i\/o timeout; it is not there/,
        );
        expect(failed.stdout + failed.stderr).not.toContain(ADMIN.password);
        await front.close();
    });
});
