/** What the web API answers when it cannot do what was asked: `{error: {code, message}}`. */
import { translate } from '../../i18n/index.js';

const STATUS = {
  bad_request: 400,
  bad_json: 400,
  bad_id: 400,
  bad_action: 400,
  empty_text: 400,
  no_file: 400,
  file_empty: 400,
  bad_clock: 400,
  bad_source: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  unknown_person: 404,
  id_reused: 409,
  broadcast_planned: 409,
  broadcast_paused: 409,
  broadcast_cancelled: 409,
  broadcast_finished: 409,
  broadcast_recalled: 409,
  too_large: 413,
  text_too_long: 413,
  file_too_large: 413,
  unsupported: 415,
  file_wrong_type: 415,
  file_macros: 415,
  file_broken: 415,
} as const;

export type ProblemCode = keyof typeof STATUS;

/** The answer for a problem, its message in Vietnamese. */
export function problem(code: ProblemCode): Response {
  const body = { error: { code, message: translate('vi', `http.${code}`) } };
  return Response.json(body, { status: STATUS[code] });
}
