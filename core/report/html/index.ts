export { renderPage } from "./page";
