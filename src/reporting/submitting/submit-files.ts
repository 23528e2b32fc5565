/** Files of a report: which kinds they are, by what was found in them, and which are still missing. */
import type { FileKind } from '../../duties/index.js';
import { FILE_TYPES } from '../../kernel/file-types.js';

/** Files in one submission. */
export const MAX_FILES = 5;

/** A file in our store; `type` was found from its content. */
export interface TypedFile {
  readonly fileId: string;
  readonly type: string;
}

const TYPES: Readonly<Record<FileKind, readonly string[]>> = {
  pdf: [FILE_TYPES.pdf],
  word: [FILE_TYPES.docx, FILE_TYPES.doc],
  excel: [FILE_TYPES.xlsx, FILE_TYPES.xls],
  image: [FILE_TYPES.jpg, FILE_TYPES.png, FILE_TYPES.heic],
};

/** True when a file is of this kind. */
export const isOfKind = (file: TypedFile, kind: FileKind): boolean => TYPES[kind].includes(file.type);

/** The wanted kinds of which there is no file. */
export const missingKinds = (wanted: readonly FileKind[], files: readonly TypedFile[]): FileKind[] =>
  wanted.filter((kind) => !files.some((file) => isOfKind(file, kind)));
