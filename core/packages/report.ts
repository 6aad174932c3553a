import { shortDigest } from "../oci";
import type { KeepCause, RetentionPlan, Version } from "../retention";
import type { PackageLook, PackageReport, RetentionReport } from "./types";

/** Lines that a report has of each kind: state is written whole at every step. */
const FIRST = 10;

/** A look as state and documents hold it. Equal worlds are equal reports: there is no time of the look in it. */
export function reportOf(look: PackageLook, first = FIRST): PackageReport {
    const { place, problems, repository, retention, status, tagged, versions, visibility } = look;
    return {
        package: place.repository,
        status,
        ...(visibility !== undefined && { visibility }),
        ...(repository !== undefined && { repository }),
        ...(status === "seen" && { versions, tagged }),
        ...(retention && { retention: retentionReport(retention.plan, first) }),
        ...(problems.length > 0 && { problems: problems.map(({ message }) => message) }),
    };
}

/**
 * The reports that a state keeps: of what could not be asked, the former one. What is unknown is no change.
 *
 * @param former what the state has
 */
export function reportsFor(looks: readonly PackageLook[], former: readonly PackageReport[] = []): PackageReport[] {
    return looks.map((look) => {
        const known = former.find((one) => one.package === look.place.repository);
        const isUnknown = look.status === "unknown" || (look.retention?.plan.unknown.length ?? 0) > 0;
        return isUnknown && known !== undefined ? known : reportOf(look);
    });
}

function retentionReport(plan: RetentionPlan, first: number): RetentionReport {
    const causes: Partial<Record<KeepCause, number>> = {};
    const why: string[] = [];
    for (const { cause, reason, version } of plan.keep) {
        if (causes[cause] === undefined) {
            why.push(`${shortDigest(version.digest)}: ${reason}`);
        }
        causes[cause] = (causes[cause] ?? 0) + 1;
    }
    return {
        due: plan.delete.length,
        kept: plan.keep.length,
        causes,
        ...(plan.delete.length > 0 && { first: plan.delete.slice(0, first).map(describeVersion) }),
        ...(why.length > 0 && { why }),
        ...(plan.unknown.length > 0 && {
            unknown: plan.unknown.slice(0, first).map(({ version, why: reason }) => `${version.digest}: ${reason}`),
        }),
    };
}

/** `sha256:0123456789ab 0.1-rc (2026-08-01)`. */
export function describeVersion({ changedAt, digest, tags }: Version): string {
    const names = tags.length === 0 ? "" : ` ${tags.join(" ")}`;
    return `${shortDigest(digest)}${names} (${changedAt?.slice(0, 10) ?? "no date"})`;
}
