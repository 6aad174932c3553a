export type { EcrPlace } from "./registry-place";
