/** Statements that move attempts from one state to another and write down what their columns cannot keep. */

/**
 * Rows `(id, was, state, due, leased_at, begun_at)` of a CTE become events. `at`, `reason` and `detail` are SQL. A row
 * whose state stays is a note.
 */
export function noteEventsSql(from: string, at: string, reason = 'null::text', detail = 'null::text'): string {
  return `insert into attempt_event (attempt_id, was, state, at, due, leased_at, begun_at, reason, detail)
    select n.id, n.was, n.state, ${at}::timestamptz, n.due, n.leased_at, n.begun_at, ${reason}, ${detail} from ${from} n`;
}

/** A change of attempts outside the engine's hot path, in SQL; `a` is the attempt. */
export interface Change {
  /** The CTE that will hold the changed rows: `id, message_id, try, …, was, state`. */
  readonly name: string;
  /** What the condition reads besides, e.g. `b, message m`. */
  readonly from?: string;
  readonly where: string;
  /** The new values, e.g. `state = 'planned', waiting = false, lease_id = null`. */
  readonly set: string;
  /** Machine time. */
  readonly at: string;
  readonly reason?: string;
}

/**
 * CTEs that change attempts and note each transition once. The rows are locked first, so that the state left is the
 * one that really was left, whoever changed it a moment before.
 */
export function changeSql({ name, from, where, set, at, reason }: Change): string {
  return `${name}_was as materialized (
    select a.id, a.state as was, a.due, a.leased_at, case when a.state = 'sending' then a.sending_at end as begun_at
    from attempt a${from === undefined ? '' : `, ${from}`}
    where ${where}
    for update of a
  ),
  ${name} as (
    update attempt a set ${set}, leased_at = null
    from ${name}_was w where a.id = w.id
    returning a.id, a.message_id, a.try, a.channel, a.contact_id, a.conversation_id, a.lane, a.state, a.repeat, w.was, w.due, w.leased_at, w.begun_at
  ),
  ${name}_noted as (${noteEventsSql(name, at, reason)} where n.was <> n.state)`;
}
