/** Makes the checkout runnable: libraries, the Prisma client, dist/. Each step runs only when its inputs changed. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInstalled, install } from './install.mjs';
import { withLock } from './lock.mjs';
import { runQuietly } from './run.mjs';
import { say, saying } from './say.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const stamps = path.join(root, '.tmp');

/** Installs, generates and builds what is missing or out of date. `dev`: development libraries too. */
export async function prepare({ dev = false, build = true } = {}) {
  await mkdir(stamps, { recursive: true });
  await withLock(path.join(stamps, 'prepare.lock'), async (holdFor) => {
    if (!(await isInstalled(root, { dev }))) {
      await saying('Đang cài thư viện (lần đầu có thể mất một hai phút)', () =>
        install(root, { dev, onStart: holdFor }),
      );
    }
    await generate();
    if (build) await transpile();
  });
}

async function generate() {
  const schema = path.join(root, 'prisma/schema.prisma');
  const prisma = path.join(root, 'node_modules/prisma/package.json');
  const hash = await hashFiles([schema, prisma]);
  const target = path.join(root, 'src/store/generated/client.ts');
  if (existsSync(target) && (await readStamp('generated')) === hash) return;

  say('Đang tạo lớp truy cập cơ sở dữ liệu …');
  // Prisma would download an engine that generating does not need; any program that exists stands in for it.
  const engine = existsSync('/bin/true') ? '/bin/true' : process.execPath;
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: engine,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
  const cli = path.join(root, 'node_modules/prisma/build/index.js');
  const { code, output } = await runQuietly(process.execPath, [cli, 'generate'], { cwd: root, env });
  if (code !== 0) throw new Error(`prisma generate:\n${output}`);
  await writeStamp('generated', hash);
}

// What commands may need at run time. Tests are not built, only the fakes that benchmarks talk to.
const SOURCES = ['src', 'bench', 'test/support'];

async function transpile() {
  const files = (await Promise.all(SOURCES.map((folder) => listFiles(path.join(root, folder))))).flat();
  const locales = await listFiles(path.join(root, 'locales'));
  const esbuildPackage = path.join(root, 'node_modules/esbuild/package.json');
  const hash = await hashFiles([...files, ...locales, esbuildPackage, fileURLToPath(import.meta.url)]);
  const dist = path.join(root, 'dist');
  if (existsSync(dist) && (await readStamp('built')) === hash) return;

  say('Đang biên dịch …');
  await rm(path.join(stamps, 'built.stamp'), { force: true });
  const code = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
  const esbuild = await import('esbuild');
  const options = { format: 'esm', platform: 'node', target: 'node20', sourcemap: 'linked', logLevel: 'error' };
  await esbuild.build({ ...options, entryPoints: code, outdir: dist, outbase: root, absWorkingDir: root });
  await esbuild.stop();

  const plain = [...files.filter((file) => !/\.tsx?$/.test(file)), ...locales];
  const wanted = new Set();
  for (const file of plain) {
    const target = path.join(dist, path.relative(root, file));
    await mkdir(path.dirname(target), { recursive: true });
    await cp(file, target);
    wanted.add(target);
  }
  for (const file of code) {
    const target = path.join(dist, path.relative(root, file)).replace(/\.ts$/, '.js');
    wanted.add(target).add(`${target}.map`);
  }
  // A module whose source is gone must not be found by an import; a running server keeps what it has loaded.
  for (const file of await listFiles(dist)) if (!wanted.has(file)) await rm(file);
  await writeStamp('built', hash);
}

async function listFiles(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

async function hashFiles(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${path.relative(root, file)}\0`)
      .update(await readFile(file))
      .update('\0');
  return hash.digest('hex');
}

const readStamp = (name) => readFile(path.join(stamps, `${name}.stamp`), 'utf8').catch(() => '');

const writeStamp = (name, hash) => writeFile(path.join(stamps, `${name}.stamp`), hash);
