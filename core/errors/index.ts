export { describeError, TransshipError } from "./transship-error";
