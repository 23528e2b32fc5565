/** The directory of an OLE container (Word and Excel before 2007). */
import type { FileSource } from './file-source.js';

const HEADER_SIZE = 512;
const ENTRY_SIZE = 128;
/** Sectors of the table of sectors that the header itself names. */
const TABLES_IN_HEADER = 109;
const END_OF_CHAIN = 0xfffffffe;
/** A directory longer than this is a loop or an attack. */
const MAX_DIRECTORY_SECTORS = 512;

/** Names of all streams and storages, or null when the container is cut or damaged. */
export async function listOleStreams(source: FileSource): Promise<ReadonlySet<string> | null> {
  const header = await source.read(0, HEADER_SIZE);
  if (header.length < HEADER_SIZE) return null;
  const power = header.readUInt16LE(30);
  if (power !== 9 && power !== 12) return null;
  const sectorSize = 2 ** power;
  const readSector = async (index: number): Promise<Buffer | null> => {
    const sector = await source.read((index + 1) * sectorSize, sectorSize);
    return sector.length === sectorSize ? sector : null;
  };

  const names = new Set<string>();
  let index = header.readUInt32LE(48);
  for (let i = 0; index !== END_OF_CHAIN; i += 1) {
    const sector = i < MAX_DIRECTORY_SECTORS ? await readSector(index) : null;
    const next = sector && (await nextSector(header, readSector, index, sectorSize));
    if (!sector || next === null) return null;
    for (const name of namesIn(sector)) names.add(name);
    index = next;
  }
  return names;
}

/** The sector that follows one in its chain; null when the table does not reach so far. */
async function nextSector(
  header: Buffer,
  readSector: (index: number) => Promise<Buffer | null>,
  index: number,
  sectorSize: number,
): Promise<number | null> {
  const perTable = sectorSize / 4;
  const tableNumber = Math.floor(index / perTable);
  if (tableNumber >= TABLES_IN_HEADER) return null;
  const table = await readSector(header.readUInt32LE(76 + 4 * tableNumber));
  return table?.readUInt32LE(4 * (index % perTable)) ?? null;
}

function* namesIn(sector: Buffer): Generator<string> {
  for (let at = 0; at + ENTRY_SIZE <= sector.length; at += ENTRY_SIZE) {
    const bytes = sector.readUInt16LE(at + 64);
    if (bytes >= 2 && bytes <= 64) yield sector.toString('utf16le', at, at + bytes - 2);
  }
}
