import type { BenchCase } from "../case";
import { checkCase } from "./check";
import { upCase } from "./up";

/** In the order of the results. */
export const CASES: readonly BenchCase[] = [checkCase, upCase];
