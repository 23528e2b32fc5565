/**
 * npm run migration -- NAME: writes the migration that leads from the last one to prisma/schema.prisma.
 * prisma/migrations/schema.prisma is the schema that the migrations lead to so far. Look the file over before using it:
 * checks and partial indexes that Prisma does not know have to be added by hand.
 */
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './lib/prepare.mjs';
import { say } from './lib/say.mjs';

const name = process.argv[2] ?? '';
if (!/^[a-z0-9_]+$/.test(name)) {
  say('npm run migration -- ten_migration (chữ thường, số, gạch dưới)');
  process.exit(2);
}
await prepare();
const load = (file) => import(pathToFileURL(path.join(root, 'dist/src/store', file)).href);
const { openEmbedded } = await load('index.js');
const { diffSchemas } = await load('schema-engine.js');

const schemaFile = path.join(root, 'prisma/schema.prisma');
const snapshot = path.join(root, 'prisma/migrations/schema.prisma');
const dataDir = path.join(tmpdir(), `neu-guong-migration-${process.pid}`);
const embedded = await openEmbedded({ dataDir, server: true });
try {
  const [from, to] = await Promise.all([readFile(snapshot, 'utf8').catch(() => null), readFile(schemaFile, 'utf8')]);
  const sql = await diffSchemas(embedded.url, path.join(root, 'prisma'), from, to);
  if (sql.includes('This is an empty migration')) {
    say('Lược đồ không thay đổi.');
  } else {
    const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
    const file = path.join(root, 'prisma/migrations', `${stamp}_${name}`, 'migration.sql');
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, sql);
    await copyFile(schemaFile, snapshot);
    say(`Đã ghi ${path.relative(root, file)}`);
  }
} finally {
  await embedded.stop();
  await rm(dataDir, { recursive: true, force: true });
}
