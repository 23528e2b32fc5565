/** The pair of tokens in Postgres: one row an account, locked while it is being replaced. */
import { createHash } from 'node:crypto';
import type { Db, Tx } from '../../store/index.js';
import type { StoredTokens, TokenPair, TokenStore } from './tokens.js';

interface Row {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_at: Date;
  /** When the pair was written; a change of state alone leaves it. */
  readonly updated_at: Date;
  readonly state: string;
}

/** Longer than the call to Zalo's login server may take; the row stays locked that long. */
const EXCLUSIVE_MS = 45_000;

/** The store of one account's tokens. */
export function createTokenStore(db: Db, account: string): TokenStore {
  return {
    load: async () => {
      const [row] = await db.$queryRaw<Row[]>`select * from channel_token where account = ${account}`;
      return row ? read(row) : null;
    },
    seed: async (pair, now) => {
      await db.$transaction(async (tx) => {
        if (await isNewPair(tx, account, pair, now))
          await put(tx, account, { ...pair, issuedAt: now, expiresAt: now, state: 'ok' });
      });
    },
    replace: (tokens) => put(db, account, tokens),
    exclusively: (work) =>
      db.$transaction(
        async (tx) => {
          const [row] = await tx.$queryRaw<
            Row[]
          >`select * from channel_token where account = ${account} for update skip locked`;
          if (!row) return (await exists(tx, account)) ? 'busy' : 'empty';
          const next = await work(read(row));
          if (next) await put(tx, account, next);
          return 'done';
        },
        { timeout: EXCLUSIVE_MS, maxWait: 10_000 },
      ),
    save: async (tokens, from) => {
      await db.$transaction(async (tx) => {
        const [row] = await tx.$queryRaw<Row[]>`select * from channel_token where account = ${account} for update`;
        if (row?.refresh_token === from) await put(tx, account, tokens);
      });
    },
  };
}

const read = (row: Row): StoredTokens => ({
  accessToken: row.access_token,
  refreshToken: row.refresh_token,
  issuedAt: row.updated_at,
  expiresAt: row.expires_at,
  state: row.state === 'lost' ? 'lost' : 'ok',
});

async function put(db: Tx | Db, account: string, tokens: StoredTokens): Promise<void> {
  await db.$executeRaw`
    insert into channel_token (account, access_token, refresh_token, expires_at, state, updated_at)
    values (${account}, ${tokens.accessToken}, ${tokens.refreshToken}, ${tokens.expiresAt}, ${tokens.state}, ${tokens.issuedAt})
    on conflict (account) do update set access_token = excluded.access_token, refresh_token = excluded.refresh_token,
      expires_at = excluded.expires_at, state = excluded.state, updated_at = excluded.updated_at`;
}

async function exists(tx: Tx, account: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`select 1 from channel_token where account = ${account}`;
  return rows.length > 0;
}

/**
 * True once for each configured pair: the pair in the environment grows old with the first refresh, so a restart must
 * not put it back, but a new one put there by hand must be taken. Only a hash of it is remembered.
 */
async function isNewPair(tx: Tx, account: string, pair: TokenPair, now: Date): Promise<boolean> {
  const hash = JSON.stringify(createHash('sha256').update(pair.refreshToken).digest('hex'));
  const changed = await tx.$executeRaw`
    insert into setting (key, value, updated_at) values (${`first-tokens.${account}`}, ${hash}::jsonb, ${now})
    on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at where setting.value <> excluded.value`;
  return changed > 0;
}
