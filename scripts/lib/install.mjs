/** npm ci, and how to see that it is not needed. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from './run.mjs';

/** True when node_modules holds what the lock file names. Compared by content: times of a fresh clone mean nothing. */
export async function isInstalled(root, { dev }) {
  const lock = await readPackages(path.join(root, 'package-lock.json'));
  const installed = await readPackages(path.join(root, 'node_modules/.package-lock.json'));
  if (!lock) throw new Error('Thiếu tệp package-lock.json: hãy lấy lại mã nguồn đầy đủ.');
  if (!installed) return false;
  return Object.entries(lock).every(([name, wanted]) => {
    if (name === '' || wanted.link) return true;
    const found = installed[name];
    // Packages for other machines are in the lock and never installed.
    if (!found) return wanted.optional || wanted.devOptional || (wanted.dev && !dev);
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

async function readPackages(file) {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? null : JSON.parse(text).packages;
}

/** Installs exactly what the lock file names. */
export async function install(root, { dev, onStart }) {
  // The npm that runs us, where there is one: the PATH may hold another.
  const cli = process.env['npm_execpath'];
  const [command, first] = cli?.endsWith('.js') ? [process.execPath, [cli]] : ['npm', []];
  const args = ['ci', '--no-audit', '--no-fund', ...(dev ? ['--include=dev'] : [])];
  // Under npm 10 the install script of Prisma runs, and would download an engine that nothing here uses.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath };
  const { code, signal } = await run(command, [...first, ...args], { cwd: root, env, onStart });
  if (signal) throw new Error('Đã dừng khi đang cài thư viện. Chạy lại lệnh để cài tiếp.');
  if (code !== 0)
    throw new Error('npm ci không cài được thư viện. Xem thông báo ở trên, kiểm tra kết nối mạng rồi chạy lại.');
}
