/** The row that says that safe mode stands, for the statements that rest while it does. */

export const SAFE_MODE_KEY = 'delivery.safe-mode';

/** True while safe mode stands. */
export const IS_SAFE_SQL = `exists (select 1 from setting where key = '${SAFE_MODE_KEY}')`;
