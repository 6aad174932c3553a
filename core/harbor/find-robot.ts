import type { HarborClient, Robot } from "./client";
import { HarborError } from "./errors";

const MOST_LISTED = 10;

/**
 * A robot by its short name (`ci`) or its whole one (`robot$mirror+ci`). Harbor's prefix is a setting, so a short name
 * is the end after `+`, or after `$`.
 *
 * @param project of a project's robot; a robot of the system has none
 * @throws HarborError `HARBOR_ROBOT_UNKNOWN` with the names that there are
 */
export async function findRobot(client: HarborClient, name: string, project?: string): Promise<Robot> {
    const id = project === undefined ? undefined : await client.projectId(project);
    const robots = await client.robots(id);
    const whole = robots.find((robot) => robot.name === name);
    const ends = [`+${name}`, ...(project === undefined ? [`$${name}`] : [])];
    const found = whole ?? robots.find((robot) => ends.some((end) => robot.name.endsWith(end)));
    if (found === undefined) {
        const where = project === undefined ? "of the system" : `in the project ${project}`;
        const names = robots.map((robot) => robot.name).slice(0, MOST_LISTED);
        const known = names.length === 0 ? "there is none" : `there are ${names.join(", ")}`;
        throw new HarborError(
            "HARBOR_ROBOT_UNKNOWN",
            `Harbor at ${client.host} has no robot ${name} ${where} (${known}): make it there, or give one of these by its whole name.`,
        );
    }
    return found;
}
