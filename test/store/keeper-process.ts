/** A program for the keeper's tests: opens the embedded database, works on it, and ends like the product does. */
import { createStore, openEmbedded } from '../../src/store/index.js';

const [dataDir = '', role = 'server', sharedRoot = ''] = process.argv.slice(2);
const print = (event: string, details: object = {}): void => {
  process.stdout.write(`${JSON.stringify({ event, ...details })}\n`);
};

try {
  const embedded = await openEmbedded({
    dataDir,
    server: role === 'server',
    say: (text) => print('said', { text }),
    ...(sharedRoot ? { sharedRoot } : {}),
  });
  const store = await createStore({ url: embedded.url });
  await store.pool.query('create table if not exists note (id bigint generated always as identity, at timestamptz)');
  const found = await store.pool.query<{ count: string }>('select count(*) from note');

  let working = true;
  let written = 0;
  const load = Array.from({ length: 4 }, async () => {
    while (working) {
      try {
        await store.pool.query('insert into note (at) values (clock_timestamp())');
        written += 1;
      } catch (error) {
        print('failed', { message: error instanceof Error ? error.message : String(error) });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  });

  const stop = async (): Promise<void> => {
    // What was begun is finished while the database still answers: it is stopped last.
    working = false;
    await Promise.all(load);
    const { rows } = await store.pool.query<{ count: string }>('select count(*) from note');
    print('drained', { written, stored: Number(rows[0]?.count) });
    await store.close();
    await embedded.stop();
    print('stopped');
  };
  process.once('SIGTERM', () => void stop());
  print('ready', { url: embedded.url, folder: embedded.folder, before: Number(found.rows[0]?.count) });
} catch (error) {
  print('error', { name: error instanceof Error ? error.name : '', message: String(error) });
  process.exitCode = 1;
}
