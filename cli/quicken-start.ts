import * as nodeModule from "node:module";
import { setFlagsFromString } from "node:v8";

/*
 * Has to be the first import of the command: the settings count for what is compiled after them, and nothing is yet.
 *
 * The HTTP parser of undici is WebAssembly. After some 20 answers V8 begins to optimise its one large function in the
 * background, which costs 0.1 s of CPU, and the process cannot end before that is done. A check of 1,000 images is no
 * slower with the baseline code: it is the registry and our own objects that take the time.
 */
setFlagsFromString("--no-wasm-tier-up");
setFlagsFromString("--no-wasm-dynamic-tiering");

/*
 * The same for JavaScript: a function is optimised once it has done this much, in bytes of its code that ran. At V8's own
 * figure, a seventh of it, a third of the processor time of a check of 1,000 images goes into optimising what is hardly
 * used any more, on the cores that the requests need. Work that takes longer is optimised as it would be, a little later.
 */
setFlagsFromString("--interrupt-budget=1000000");

// Node 22 can keep the compiled code of modules on disk; Node 20 lacks it.
(nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();
