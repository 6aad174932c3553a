export { type HarborAccess, HarborClient, type Robot } from "./client";
export { HarborError } from "./errors";
export { findRobot } from "./find-robot";
export { newRobotSecret } from "./robot-secret";
