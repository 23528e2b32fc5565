/** Changes of the calendar, each noted. The reminders that wait are dated anew by work that the flow asks for. */
import { refuse, t, type Refusal } from '../conversation/index.js';
import { handle, type EffectContext, type EffectHandler } from '../inbox/index.js';
import { formatDate } from '../kernel/format.js';
import { localDate, type LocalDate } from '../kernel/local-date.js';
import { isAdmin } from '../units/index.js';
import { tellOfficers, type AfterDeps } from './after.js';
import { enterDays, removeDays, setOfficeHours, setQuietHours, type EnterDays } from './effects.js';
import { checkHours, OFFICE_KEY, QUIET_KEY, readHours, type ProvinceHours } from './hours.js';
import { deleteDays, findKnown, insertDays, loadCalendar, lockCalendar } from './store.js';
import { isWeekend, lastYear, yearOf } from './model.js';

/** Handlers of this room's effects. */
export const createCalendarHandlers = (deps: AfterDeps): EffectHandler[] => [
  handle(enterDays, (wish, at) => enter(deps, wish, at)),
  handle(removeDays, ({ days, name }, at) => remove(deps, days, name, at)),
  handle(setOfficeHours, ({ office }, at) => setHours(OFFICE_KEY, { office }, at)),
  handle(setQuietHours, ({ quiet }, at) => setHours(QUIET_KEY, { quiet }, at)),
];

const notAllowed = (): Refusal => refuse('not-allowed', t('calendar.notAllowed'));

async function enter(deps: AfterDeps, { days, source, note }: EnterDays, at: EffectContext) {
  const { tx, now, actor } = at;
  if (!isAdmin(actor)) return notAllowed();
  const today = localDate(now);
  if (days.some(({ on }) => on < today)) return refuse('past', t('calendar.bad.pastNow'));
  if (days.some(({ on }) => yearOf(on) > lastYear(today)))
    return refuse('too-far', t('calendar.bad.tooFar', { year: lastYear(today) }));
  // Only a weekend can be worked in place of another day; a holiday is taken out first.
  if (days.some(({ on, kind }) => kind === 'work' && !isWeekend(on)))
    return refuse('no-weekend', t('calendar.bad.notWeekend'));
  await lockCalendar(tx);
  const before = await loadCalendar(tx);
  const known = await findKnown(
    tx,
    days.map(({ on }) => on),
  );
  const [first] = known;
  // What was proposed is only filled in; what somebody enters must not differ from what stands there.
  if (first && source === 'entered')
    return refuse('known', t('calendar.known', { day: formatDate(first.on), name: first.name }));
  const made = await insertDays(tx, days, { source, note, byMemberId: actor.memberId, at: now });
  if (made === 0) return refuse('nothing-new', t('calendar.nothingNew'));
  const fresh = days.filter(({ on }) => !known.some((one) => one.on === on));
  await follow(
    deps,
    before,
    fresh.map(({ on }) => on),
    at,
  );
  await tx.auditEntry.create({
    data: {
      at: now,
      memberId: actor.memberId,
      action: 'calendar.enter',
      subject: 'calendar',
      data: { source, note, days: fresh.map((day) => ({ ...day })) },
    },
  });
  return undefined;
}

async function remove(deps: AfterDeps, days: readonly LocalDate[], name: string, at: EffectContext) {
  const { tx, now, actor } = at;
  if (!isAdmin(actor)) return notAllowed();
  if (days.some((on) => on < localDate(now))) return refuse('past', t('calendar.bad.pastNow'));
  await lockCalendar(tx);
  const known = await findKnown(tx, days);
  // Taken out by a colleague, or replaced meanwhile: what was seen is not there.
  if (known.length !== days.length || known.some((day) => day.name !== name))
    return refuse('gone', t('calendar.gone', { name }));
  const before = await loadCalendar(tx);
  await deleteDays(tx, days);
  await follow(deps, before, days, at);
  await tx.auditEntry.create({
    data: {
      at: now,
      memberId: actor.memberId,
      action: 'calendar.remove',
      subject: 'calendar',
      data: { days: known.map((day) => ({ ...day })) },
    },
  });
  return undefined;
}

type Calendar = Awaited<ReturnType<typeof loadCalendar>>;

/** What is due on a day that is off now becomes a task; one that is no longer off closes it. */
async function follow(deps: AfterDeps, before: Calendar, days: readonly LocalDate[], at: EffectContext): Promise<void> {
  const after = await loadCalendar(at.tx);
  const changed = days.filter((day) => before.isWorkingDay(day) !== after.isWorkingDay(day));
  await tellOfficers(deps, after, changed, at);
}

async function setHours(key: string, change: Partial<ProvinceHours>, at: EffectContext) {
  const { tx, now, actor } = at;
  if (!isAdmin(actor)) return notAllowed();
  await lockCalendar(tx);
  readHours.forget(tx);
  const hours = { ...(await readHours(tx)), ...change };
  // A colleague may have set the others meanwhile.
  const problem = checkHours(hours);
  if (problem !== null) return refuse('bad-hours', t(`calendar.hours.${problem}`));
  const value = change.quiet ? { ...change.quiet } : (change.office ?? []).map((span) => ({ ...span }));
  await tx.setting.upsert({ where: { key }, create: { key, value }, update: { value } });
  readHours.forget(tx);
  await tx.auditEntry.create({
    data: { at: now, memberId: actor.memberId, action: 'calendar.hours', subject: key, data: { value } },
  });
  return undefined;
}
