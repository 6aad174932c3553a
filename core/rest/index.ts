export { exchangeJson, type JsonAnswer, type JsonRequest, NoAnswerError } from "./exchange";
export { JsonApi, type JsonApiOptions } from "./json-api";
