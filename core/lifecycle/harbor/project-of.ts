import { HarborError, type Project } from "../../harbor";
import type { HarborTools } from "./kind";

/** The project that something is to be made in. @throws HarborError `HARBOR_NOT_FOUND` where it is not there */
export async function projectOf(name: string, { harbor }: HarborTools): Promise<Project> {
    const found = await harbor.projects.find(name);
    if (found === undefined) {
        throw new HarborError(
            "HARBOR_NOT_FOUND",
            `There is no project ${name} at ${harbor.host}: make it first, with project: project.name of its HarborProject where that is in this program.`,
        );
    }
    return found;
}
