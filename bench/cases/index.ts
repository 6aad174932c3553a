import type { BenchCase } from "../case";
import { checkCase } from "./check";
import { copyCase } from "./copy";
import { largeCase } from "./large";
import { upCase } from "./up";

/** In the order of the results. */
export const CASES: readonly BenchCase[] = [checkCase, largeCase, upCase, copyCase];
