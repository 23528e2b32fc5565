import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './say.mjs';

/** Runs `work` while no other process of this checkout does the same; what a killed one left behind is cleared away. */
export async function withLock(folder, work) {
  let told = false;
  while (!(await take(folder))) {
    if (await isStale(folder)) await rm(folder, { recursive: true, force: true });
    else if (!told) {
      say('Một lệnh khác đang chuẩn bị mã nguồn này, chờ một chút …');
      told = true;
    }
    await sleep(200);
  }
  try {
    // npm outlives us when we are killed: the lock stands until it has ended too.
    return await work((pid) => writeFile(path.join(folder, 'child'), String(pid)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function take(folder) {
  try {
    await mkdir(folder);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  await writeFile(path.join(folder, 'pid'), String(process.pid));
  return true;
}

async function isStale(folder) {
  const pids = await Promise.all(['pid', 'child'].map((name) => readPid(path.join(folder, name))));
  // Just made, its pid not written yet: look again.
  if (!pids[0]) return sleep(1_000).then(async () => !(await readPid(path.join(folder, 'pid'))));
  return !pids.some(isAlive);
}

const readPid = async (file) => Number(await readFile(file, 'utf8').catch(() => ''));

function isAlive(pid) {
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
