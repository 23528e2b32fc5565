/** Everything that a unit may answer to what it owes, as choices of one page; each is a command that does it. */
import { t, type Option } from '../../conversation/index.js';
import { isOwing, type ObligationView } from '../model.js';

interface SeatAnswer extends Option {
  readonly command: string;
  readonly arg: string;
}

/** What the seat of a unit can do about an obligation now. */
export function seatAnswers(one: ObligationView): SeatAnswer[] {
  const why = answer('why-due', one, t('reporting.button.why'), ['vì sao']);
  const sheet =
    one.kind !== 'registration' && one.fields.length > 0
      ? [answer('sheet', one, t('reporting.button.sheet'), ['biểu mẫu', 'excel'])]
      : [];
  if (one.state === 'submitted' && one.kind !== 'registration')
    return [answer('submit', one, t('reporting.button.correct'), ['sửa']), ...sheet, why];
  if (!isOwing(one.state)) return [why];
  const isRegistration = one.kind === 'registration';
  const register = {
    ...answer('register', one, t('reporting.button.registerNow'), ['đăng ký']),
    arg: one.campaignId ?? '',
  };
  const submit = answer('submit', one, t('reporting.button.submitNow'), ['nộp']);
  // What was returned with a list is completed by that list; handing all of it in anew stays possible.
  const complete = answer('complete', one, t('reporting.button.complete'), ['bổ sung']);
  return [
    ...(!isRegistration && one.state === 'returned' && one.latest?.missing ? [complete] : []),
    isRegistration ? register : submit,
    ...(isRegistration ? [] : [answer('nil', one, t('reporting.submit.nil'), ['không phát sinh', 'không có'])]),
    answer('promise', one, t('reporting.button.promise'), ['sẽ nộp', 'hẹn']),
    answer('snooze', one, t('reporting.button.snooze'), ['nhắc sau']),
    answer('extend', one, t('reporting.button.extend'), ['lùi hạn']),
    ...(isRegistration ? [] : [answer('paper', one, t('reporting.button.paper'), ['bản giấy'])]),
    answer('assign', one, t('reporting.button.assign'), ['giao việc']),
    answer('not-ours', one, t('reporting.button.notOurs'), ['không phải việc của tôi']),
    ...sheet,
    why,
  ];
}

const answer = (
  command: string,
  { id }: ObligationView,
  label: Option['label'],
  words: readonly string[],
): SeatAnswer => ({
  value: command,
  command,
  arg: id,
  label,
  words,
});
