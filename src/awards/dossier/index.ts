/** Papers of a procedure, ticked off, with Word blanks. */
export { createDossierFlow, dossierButton } from './flow.js';
export { loadDossiers, readDossiers, type Dossier } from './load.js';
export { createBlankWork } from './work.js';
