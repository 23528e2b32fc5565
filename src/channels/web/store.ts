/** The web channel's rows: contacts, sessions, and the events that a page shows. */
import type { Store } from '../../store/index.js';
import type { Button, StoredFile } from '../../conversation/message.js';
import { newId } from '../../kernel/ids.js';
import { ADD_EDIT, ADD_EVENT, EVENTS_AFTER, EVENTS_BEFORE, LOCK } from './event-statements.js';
import type { Role } from '../../kernel/people.js';

/** Who holds a token. */
export interface WebContact {
  readonly contactId: string;
  readonly externalId: string;
  readonly memberId: string | null;
  readonly displayName: string;
}

/** A file as a page shows it. */
export interface ShownFile {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/** One event of a contact. `own` is what the person wrote; pages that ask get those too. */
export interface EventRow {
  readonly seq: number;
  readonly messageId: string;
  readonly kind: 'message' | 'edit' | 'own';
  readonly text: string;
  readonly buttons: readonly Button[];
  readonly image: ShownFile | null;
  readonly imageAlt: string | null;
  readonly file: ShownFile | null;
  readonly own: unknown;
  readonly at: Date;
  /** True when a client has had it before. */
  readonly fetched: boolean;
}

/** An event to add for one attempt. */
interface NewEvent {
  readonly contactId: string;
  readonly attemptId: string;
  readonly messageId: string;
  readonly kind: 'message' | 'edit';
  readonly text: string;
  readonly buttons: readonly Button[];
  readonly imageId: string | null;
  readonly imageAlt: string | null;
  readonly fileId: string | null;
  readonly at: Date;
}

export type WebStore = ReturnType<typeof createWebStore>;

/** The queries over an open store. */
export function createWebStore(store: Pick<Store, 'db' | 'pool'>) {
  return { ...people(store), ...sessions(store), ...events(store), ...files(store) };
}

function people({ db }: Pick<Store, 'db'>) {
  const insert = async (externalId: string, memberId: string | null, displayName: string): Promise<string> => {
    // Two first visits at once: one row wins, both find it.
    await db.contact.createMany({
      data: [{ id: newId(), channel: 'web', externalId, memberId, displayName }],
      skipDuplicates: true,
    });
    const row = await db.contact.findUniqueOrThrow({
      where: { channel_externalId: { channel: 'web', externalId } },
      select: { id: true },
    });
    return row.id;
  };

  return {
    newVisitor: () => insert(newId(), null, ''),

    /** The web contact of a demo person, made at the first call; null when nobody has this code. */
    async contactOfPerson(code: string): Promise<string | null> {
      if (code === 'visitor') return insert('demo:visitor', null, '');
      const member = await db.member.findUnique({
        where: { code },
        select: {
          id: true,
          fullName: true,
          contacts: { where: { channel: 'web' }, orderBy: { createdAt: 'asc' }, take: 1 },
        },
      });
      if (!member) return null;
      return member.contacts[0]?.id ?? insert(`demo:${code}`, member.id, member.fullName);
    },

    async hasRole(memberId: string | null, roles: readonly Role[]): Promise<boolean> {
      if (memberId === null) return false;
      return (await db.memberRole.count({ where: { memberId, role: { in: [...roles] } } })) > 0;
    },
  };
}

const FIND_SESSION = `
  select c.id as "contactId", c.external_id as "externalId", c.member_id as "memberId",
         c.display_name as "displayName", s.expires_at as "expiresAt"
  from web_session s join contact c on c.id = s.contact_id
  where s.token_hash = $1 and s.expires_at > $2`;

function sessions({ db, pool }: Pick<Store, 'db' | 'pool'>) {
  return {
    async addSession(tokenHash: string, contactId: string, expiresAt: Date): Promise<void> {
      await db.webSession.create({ data: { tokenHash, contactId, expiresAt } });
    },

    async findSession(tokenHash: string, now: Date): Promise<(WebContact & { readonly expiresAt: Date }) | null> {
      const { rows } = await pool.query<WebContact & { readonly expiresAt: Date }>({
        name: 'web-find-session',
        text: FIND_SESSION,
        values: [tokenHash, now],
      });
      return rows[0] ?? null;
    },

    async extendSession(tokenHash: string, expiresAt: Date): Promise<void> {
      await db.webSession.updateMany({ where: { tokenHash }, data: { expiresAt } });
    },
  };
}

interface RawEvent {
  readonly seq: string;
  readonly message_id: string;
  readonly kind: EventRow['kind'];
  readonly text: string;
  readonly buttons: readonly Button[];
  readonly image_alt: string | null;
  readonly at: Date;
  readonly own: unknown;
  readonly fetched: boolean;
  readonly [column: string]: unknown;
}

function events({ pool }: Pick<Store, 'pool'>) {
  return {
    /** Adds an event; an attempt that has one already adds none, nor does an edit that changes nothing. */
    async addEvent(event: NewEvent): Promise<void> {
      const { contactId, attemptId, messageId, kind, text, buttons, imageId, imageAlt, fileId, at } = event;
      if (kind === 'edit') {
        const values = [contactId, messageId, text, JSON.stringify(buttons), imageId, imageAlt, fileId, at];
        await pool.query({ name: 'web-add-edit', text: ADD_EDIT, values });
        return;
      }
      const values = [
        contactId,
        attemptId,
        messageId,
        kind,
        text,
        JSON.stringify(buttons),
        imageId,
        imageAlt,
        fileId,
        at,
      ];
      await pool.query({ name: 'web-add-event', text: ADD_EVENT, values });
    },

    /**
     * The place of a person's own message among the events: what comes after it is younger. A message that was
     * placed before keeps its place, which is what makes the answer to a repeat the same.
     */
    async placeOwn(contactId: string, messageId: string, at: Date): Promise<number> {
      const client = await pool.connect();
      try {
        await client.query('begin');
        await client.query(LOCK, [contactId]);
        const found = await client.query<{ seq: string }>(
          `with known as (
             select seq from web_event
             where contact_id = $1::uuid and attempt_id is null and kind = 'message' and message_id = $2
           ), added as (
             insert into web_event (contact_id, message_id, kind, text, at, fetched_at)
             select $1::uuid, $2, 'message', '', $3, $3 where not exists (select from known)
             returning seq
           )
           select seq from known union all select seq from added`,
          [contactId, messageId, at],
        );
        await client.query('commit');
        client.release();
        return Number(found.rows[0]?.seq ?? 0);
      } catch (error) {
        // A connection in an unknown state does not go back to the pool.
        client.release(true);
        throw error;
      }
    },

    async eventsAfter(contactId: string, after: number, withOwn: boolean, limit: number): Promise<EventRow[]> {
      const values = [contactId, after, withOwn, limit];
      const { rows } = await pool.query<RawEvent>({ name: 'web-events-after', text: EVENTS_AFTER, values });
      return rows.map(toEvent);
    },

    /** The last events before a place, oldest first. */
    async eventsBefore(contactId: string, before: number, withOwn: boolean, limit: number): Promise<EventRow[]> {
      const values = [contactId, before, withOwn, limit];
      const { rows } = await pool.query<RawEvent>({ name: 'web-events-before', text: EVENTS_BEFORE, values });
      return rows.map(toEvent).reverse();
    },

    async markFetched(contactId: string, seqs: readonly number[], now: Date): Promise<void> {
      await pool.query({
        name: 'web-mark-fetched',
        text: `update web_event set fetched_at = $3
               where contact_id = $1 and seq = any($2::bigint[]) and fetched_at is null`,
        values: [contactId, seqs, now],
      });
    },
  };
}

function toEvent(row: RawEvent): EventRow {
  return {
    seq: Number(row.seq),
    messageId: row.message_id,
    kind: row.kind,
    text: row.text,
    buttons: row.buttons,
    image: shown(row, 'image'),
    imageAlt: row.image_alt,
    file: shown(row, 'file'),
    own: row.own,
    at: row.at,
    fetched: row.fetched,
  };
}

function shown(row: RawEvent, which: 'image' | 'file'): ShownFile | null {
  const id = row[`${which}_id`];
  if (typeof id !== 'string') return null;
  return {
    id,
    name: String(row[`${which}_name`]),
    type: String(row[`${which}_type`]),
    size: Number(row[`${which}_size`]),
  };
}

function files({ db, pool }: Pick<Store, 'db' | 'pool'>) {
  return {
    /** True when a file was sent by, or shown to, this contact or another web contact of the same member. */
    async maySee(contact: WebContact, fileId: string): Promise<boolean> {
      const { rows } = await pool.query(
        `with mine as (select id from contact where id = $1 or (member_id = $2 and member_id is not null))
         select from file where id = $3 and contact_id in (select id from mine)
         union all
         select from web_event where contact_id in (select id from mine) and (image_id = $3 or file_id = $3)
         limit 1`,
        [contact.contactId, contact.memberId, fileId],
      );
      return rows.length > 0;
    },

    /** The file and caption that an earlier message with this id brought; null when there was none of that kind. */
    async earlierFile(
      contactId: string,
      messageId: string,
    ): Promise<{ file: StoredFile | null; caption: string } | null> {
      const row = await db.inbound.findUnique({
        where: { channel_externalId: { channel: 'web', externalId: `${contactId}:${messageId}` } },
        select: { body: true },
      });
      if (!row) return null;
      const { kind, caption = '', file } = row.body as { kind?: string; caption?: string; file?: StoredFile };
      if (kind !== 'file' || !file) return { file: null, caption };
      // Written out again: the database orders keys its own way, and a message is compared as it is written.
      const { fileId, name, type, size, form } = file;
      return { file: { fileId, name, type, size, ...(form ? { form } : {}) }, caption };
    },
  };
}
