import type { BenchCase } from "../case";
import { checkCase } from "./check";
import { copyCase } from "./copy";
import { upCase } from "./up";

/** In the order of the results. */
export const CASES: readonly BenchCase[] = [checkCase, upCase, copyCase];
