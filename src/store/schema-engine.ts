/** Prisma's schema engine as WebAssembly: no binary to download, so that a closed network can migrate too. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, DriverAdapterError } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import type { DiffTarget, SchemaEngine } from '@prisma/schema-engine-wasm';
import { connectionConfig } from './client.js';

/** Runs `use` with the engine opened on a database, and leaves no connection behind. */
export async function withSchemaEngine<T>(
  url: string,
  prismaDir: string,
  use: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  // The engine never closes what it opened, so the pool is ours.
  const pool = new pg.Pool({ ...connectionConfig(url), max: 2 });
  try {
    const engine = await openEngine(pool, prismaDir);
    try {
      return await use(engine);
    } finally {
      engine.free();
    }
  } finally {
    await pool.end();
  }
}

async function openEngine(pool: pg.Pool, prismaDir: string): Promise<SchemaEngine> {
  const schema = await readFile(path.join(prismaDir, 'schema.prisma'), 'utf8');
  const adapter = bindMigrationAwareSqlAdapterFactory(new WholeScripts(pool));
  const { SchemaEngine: Engine } = await (loaded ??= load());
  return Engine.new({ datamodels: [['schema.prisma', schema]] }, () => undefined, adapter);
}

/** The package cuts a script at every semicolon, also inside a function; PostgreSQL itself knows where statements end. */
class WholeScripts extends PrismaPg {
  private readonly pool: pg.Pool;

  constructor(pool: pg.Pool) {
    super(pool);
    this.pool = pool;
  }

  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect();
    adapter.executeScript = async (script) => void (await this.pool.query(script).catch(refuse));
    return adapter;
  }
}

/** The engine's words for what PostgreSQL refused. */
function refuse(error: unknown): never {
  if (!(error instanceof pg.DatabaseError)) throw error;
  const { code = '', severity = 'ERROR', message, detail, column, hint } = error;
  throw new DriverAdapterError({ kind: 'postgres', code, severity, message, detail, column, hint });
}

// Once a process: the package's glue keeps views of the one memory it was given.
let loaded: Promise<Glue> | undefined;

/** Node 20 cannot `import` wasm, as the package's own entry wants to; its parts are put together here. */
async function load(): Promise<Glue> {
  const glue = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as unknown as Glue;
  const file = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasm = await readFile(file.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  return glue;
}

// TypeScript knows WebAssembly only from the libraries of browsers.
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

interface Glue {
  __wbg_set_wasm(exports: object): void;
  readonly SchemaEngine: typeof SchemaEngine;
}

/** The SQL that leads from one schema file to another (null: from nothing). The engine wants a database, and leaves it alone. */
export function diffSchemas(url: string, prismaDir: string, from: string | null, to: string): Promise<string> {
  const schema = (content: string): DiffTarget => ({
    tag: 'schemaDatamodel',
    files: [{ path: 'schema.prisma', content }],
  });
  return withSchemaEngine(url, prismaDir, async (engine) => {
    const { stdout } = await engine.diff({
      from: from === null ? { tag: 'empty' } : schema(from),
      to: schema(to),
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return stdout ?? '';
  });
}
