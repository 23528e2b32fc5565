/** Where the embedded database of a data folder lies, and who runs it. */
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { translate } from '../i18n/index.js';
import { findBinaries } from './embedded-binaries.js';
import type { Cluster } from './embedded-cluster.js';
import { EmbeddedError } from './embedded-error.js';
import { canReach, chooseOwner, type Owner } from './embedded-owner.js';

export interface PlaceOptions {
  readonly dataDir: string;
  /** Where root keeps what must not lie in a closed folder. */
  readonly sharedRoot: string;
  readonly say: (text: string) => void;
}

const MAX_LOG_BYTES = 5 * 1024 * 1024;

/** Finds the place; as root, under a closed folder such as root's home, it is one under `sharedRoot`. */
export async function choosePlace({ dataDir, sharedRoot, say }: PlaceOptions): Promise<Cluster> {
  const root = await makeFolder(dataDir);
  const inside = path.join(root, 'postgres');
  const owner = await chooseOwner(inside);
  const folder = await chooseFolder(root, inside, owner, sharedRoot, say);
  const binaries = await findBinaries(owner, sharedRoot);
  const logFile = path.join(root, 'postgres.log');
  if (((await stat(logFile).catch(() => null))?.size ?? 0) > MAX_LOG_BYTES) await rename(logFile, `${logFile}.1`);
  return { folder, logFile, binaries, owner };
}

async function makeFolder(dataDir: string): Promise<string> {
  try {
    await mkdir(dataDir, { recursive: true });
    return await realpath(dataDir);
  } catch (error) {
    throw new EmbeddedError('store.cannotWrite', { folder: path.resolve(dataDir) }, { cause: error });
  }
}

async function chooseFolder(
  root: string,
  inside: string,
  owner: Owner | null,
  sharedRoot: string,
  say: (text: string) => void,
): Promise<string> {
  // Decided once: the folder's rights may change later, and the data must still be found.
  const pointer = path.join(root, 'postgres.where');
  const known = await readFile(pointer, 'utf8').catch(() => '');
  if (known.trim()) return known.trim();

  if (owner === null || canReach(owner, root)) return inside;
  if (await exists(path.join(inside, 'PG_VERSION'))) throw new EmbeddedError('store.closedFolder', { folder: root });
  const mark = createHash('sha256').update(root).digest('hex').slice(0, 10);
  const folder = path.join(sharedRoot, `data-${mark}`, 'postgres');
  await mkdir(path.dirname(folder), { recursive: true, mode: 0o755 });
  await writeFile(pointer, `${folder}\n`);
  say(translate('vi', 'store.elsewhere', { folder, closed: root }));
  return folder;
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
