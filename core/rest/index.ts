export { type JsonAnswer, JsonApi, type JsonApiOptions, NoAnswerError } from "./json-api";
