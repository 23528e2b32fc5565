/** Bytes that can be read in pieces, so that a large file need not be in memory to be looked at. */
export interface FileSource {
  readonly size: number;
  /** At most `length` bytes from `offset`; fewer at the end of the file. */
  read(offset: number, length: number): Promise<Buffer>;
}

/** A source over bytes already in memory. */
export function sourceOf(bytes: Buffer): FileSource {
  return { size: bytes.length, read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)) };
}
