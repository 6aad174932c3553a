import { program } from "./program";

// Pulumi runs an exported function, and its result is the stack's outputs.
module.exports = program;
