import * as nodeModule from "node:module";
import { setFlagsFromString } from "node:v8";

/*
 * Has to be the first import of the command: both settings count for what is loaded after them.
 *
 * The HTTP parser of undici is WebAssembly. After some 20 answers V8 begins to optimise its one large function in the
 * background, which costs 0.1 s of CPU, and the process cannot end before that is done. A check of 1,000 images is no
 * slower with the baseline code: it is the registry and our own objects that take the time.
 */
setFlagsFromString("--no-wasm-tier-up");
setFlagsFromString("--no-wasm-dynamic-tiering");

/*
 * Node 20's V8 optimises a function after a few hundred calls, in the background. For a check of 1,000 images, over in
 * less than a second, that is a third of all CPU (0.25 s), spent on code that hardly runs again. Later versions wait
 * several times as long by themselves. A process that lives on gets the usual budget, since its hot code pays.
 */
if (process.versions.v8.startsWith("11.")) {
    setFlagsFromString("--interrupt-budget=500000");
    setTimeout(() => setFlagsFromString("--interrupt-budget=67584"), 700).unref();
}

// Node 22 can keep the compiled code of modules on disk; Node 20 lacks it.
(nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();
