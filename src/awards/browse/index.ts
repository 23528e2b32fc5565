/** Titles, papers, money and documents without typing. */
export { createBrowseFlow } from './flow.js';
export { loadBrowse, readBrowse } from './load.js';
