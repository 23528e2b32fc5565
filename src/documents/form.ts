/** Forms as workbooks, for whoever makes one. */
import type { FormSheet } from './form-sheet.js';

/** Writes a form, here and now. The code is loaded with the first one. */
export async function writeForm(form: FormSheet): Promise<Buffer> {
  return (await import('./form-write.js')).writeForm(form);
}
