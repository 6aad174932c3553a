export { exchangeJson, type JsonAnswer, type JsonRequest, NoAnswerError } from "./exchange";
export { JsonApi, type JsonApiOptions, pause } from "./json-api";
