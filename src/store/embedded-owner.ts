/** PostgreSQL refuses to run as root: which user runs it instead, and what that user can reach. */
import { spawnSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';

/** The user that runs PostgreSQL in this process's place. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

// "nobody" of every Unix; used where no user is called postgres, so that nothing must be added to the system.
const NOBODY: Owner = { uid: 65534, gid: 65534 };

/** Null when this process may run PostgreSQL itself; else the owner of an existing data folder, or a harmless user. */
export async function chooseOwner(pgData: string): Promise<Owner | null> {
  if (process.getuid?.() !== 0) return null;
  const folder = await stat(pgData).catch(() => null);
  if (folder && folder.uid !== 0) return { uid: folder.uid, gid: folder.gid };
  return (await findUser('postgres')) ?? NOBODY;
}

async function findUser(name: string): Promise<Owner | null> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const [, , uid, gid] =
    passwd
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}

/** True when that user can enter the folder, or run the file. Asked of the system, which also knows about ACLs. */
export function canReach(owner: Owner, target: string): boolean {
  const test = spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', target], { ...owner, cwd: '/', stdio: 'ignore' });
  return test.status === 0;
}
