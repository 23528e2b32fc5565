/** "Đăng ký": the unit, the campaign, targets, titles, an exemplar to emulate; then the receipt. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type At,
  type Flow,
  type Move,
  type Text,
} from '../conversation/index.js';
import { formatDay, formatMoment } from '../kernel/format.js';
import { localDate, type LocalDate } from '../kernel/local-date.js';
import { seatFor, seatsOf, seatText } from '../units/index.js';
import { submitRegistration } from './effects.js';
import { entrySchema, LIMITS, mayEdit, parseTitles, type Entry, type Title } from './model.js';
import type { RegistrableCampaign, RegistrationsReads } from './store.js';
import { entryLines } from './texts.js';

type Reads = { readonly registrations: RegistrationsReads };
const dataSchema = z.object({
  unitId: z.string().optional(),
  campaignId: z.string().optional(),
  entry: entrySchema,
  /** The version that the person saw at the beginning; a colleague's newer one is shown before it is replaced. */
  seenVersion: z.number().int().optional(),
});
type Data = z.infer<typeof dataSchema>;

const EMPTY: Entry = { titles: [] };
const NONE = { value: 'none', label: t('registrations.none'), words: ['không', 'không có', 'bỏ qua'] };

/** One unit: straight on; several: ask which. */
function begin(at: Pick<At<unknown, unknown>, 'actor'>, campaignId: string | undefined): Move<Data> {
  const seats = seatsOf(at.actor);
  const data: Data = { entry: EMPTY, ...(campaignId === undefined ? {} : { campaignId }) };
  const only = seats.length === 1 ? seats[0] : undefined;
  if (!only) return { to: 'seat', data };
  return { to: campaignId === undefined ? 'campaign' : 'known', data: { ...data, unitId: only.unitId } };
}

const seatStep = defineStep<Data, Reads>({
  ask: ({ actor }) => ({
    text: t('registrations.whichUnit'),
    options: seatsOf(actor).map((seat) => ({ value: seat.unitId, label: seatText(seat), words: [seat.unitName] })),
  }),
  answer: ({ data }, answer) => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    return { to: data.campaignId === undefined ? 'campaign' : 'known', data: { ...data, unitId: answer.value } };
  },
});

const campaignStep = defineStep<Data, Reads, RegistrableCampaign[]>({
  load: (read, at) => read.registrations.campaignsOf(at.data.unitId ?? '', at.now),
  ask: ({ loaded }) => {
    if (loaded.length === 0)
      return {
        end: true,
        say: [{ text: t('registrations.nothingOpen'), buttons: [{ label: t('button.menu'), command: 'menu' }] }],
      };
    const lines = loaded.slice(0, 9).map((one, n) => raw(`${String(n + 1)}. ${one.name}`));
    return {
      text: [t('registrations.whichCampaign'), ...lines],
      options: loaded.slice(0, 9).map((one) => ({ value: one.campaignId, label: raw(one.name), words: [one.name] })),
    };
  },
  answer: ({ data }, answer) =>
    answer.kind === 'option'
      ? { to: 'known', data: { ...data, campaignId: answer.value } }
      : { again: t('conversation.chooseOne') },
});

/** Looks whether the unit has registered already; a new registration goes straight on. */
const knownStep = defineStep<Data, Reads, RegistrableCampaign | null>({
  load: (read, at) => read.registrations.of(at.data.campaignId ?? '', at.data.unitId ?? ''),
  ask: ({ data, loaded, today, heardAt }) => {
    if (!loaded)
      return {
        end: true,
        say: [
          {
            text: t('registrations.notYourCampaign'),
            buttons: [{ label: t('button.campaigns'), command: 'campaigns' }],
          },
        ],
      };
    const { registration } = loaded;
    if (!registration)
      return { to: 'targets', data: { ...data, seenVersion: 0 }, say: [{ text: dueText(loaded, today) }] };
    const stateText = t(`registrations.state.${registration.state}`, {
      code: registration.code,
      at: formatMoment(registration.submittedAt),
      unit: registration.unitName,
      reason: registration.reason ?? '',
    });
    if (!mayEdit(registration, localDate(heardAt)))
      return { end: true, say: [{ text: [stateText, ...entryLines(registration.entry)] }] };
    return {
      text: [stateText, ...entryLines(registration.entry)],
      options: [
        { value: 'edit', label: t('registrations.edit'), words: ['sửa'] },
        { value: 'keep', label: t('registrations.keep'), words: ['thôi', 'giữ'] },
      ],
    };
  },
  answer: ({ data, loaded }, answer) => {
    if (answer.kind !== 'option' || answer.value !== 'edit')
      return { end: true, say: [{ text: t('registrations.kept') }] };
    const { registration } = loaded ?? {};
    return {
      to: 'targets',
      data: { ...data, entry: registration?.entry ?? EMPTY, seenVersion: registration?.version ?? 0 },
    };
  },
});

const dueText = (campaign: RegistrableCampaign, today: LocalDate): Text =>
  t(campaign.dueOn >= today ? 'registrations.intro' : 'registrations.introLate', {
    campaign: campaign.name,
    due: formatDay(campaign.dueOn),
  });

const targetsStep = defineStep<Data, Reads>({
  ask: ({ data }) => ({
    text: [
      t('registrations.askTargets'),
      ...(data.entry.targets === undefined ? [] : [t('campaigns.current', { value: data.entry.targets })]),
    ],
    ...(data.entry.targets === undefined
      ? {}
      : { options: [{ value: 'keep', label: t('registrations.keep'), words: ['giữ', 'giữ nguyên'] }] }),
    free: true,
    numbersAreAnswers: true,
  }),
  answer: ({ data }, answer) => {
    if (answer.kind === 'option') return { to: 'collective', data };
    if (answer.kind !== 'text') return { again: t('campaigns.textWanted') };
    if (answer.text.length > LIMITS.targets)
      return { again: t('campaigns.tooLong', { limit: LIMITS.targets, length: answer.text.length }) };
    return { to: 'collective', data: { ...data, entry: { ...data.entry, targets: answer.text } } };
  },
});

/** A question for names, one a line; `kind` says whose. */
const titlesStep = (kind: Title['kind'], next: string) =>
  defineStep<Data, Reads>({
    ask: ({ data }) => {
      const kept = data.entry.titles.filter((title) => title.kind === kind).length;
      return {
        text: t(kind === 'collective' ? 'registrations.askCollective' : 'registrations.askIndividual'),
        options: [
          NONE,
          ...(kept > 0
            ? [{ value: 'keep', label: t('registrations.keepNames', { count: kept }), words: ['giữ', 'giữ nguyên'] }]
            : []),
        ],
        free: true,
      };
    },
    answer: ({ data }, answer) => {
      if (answer.kind === 'option' && answer.value === 'keep') return { to: next, data };
      const others = data.entry.titles.filter((title) => title.kind !== kind);
      if (answer.kind === 'option') return { to: next, data: { ...data, entry: { ...data.entry, titles: others } } };
      if (answer.kind !== 'text') return { again: t('campaigns.textWanted') };
      const { titles, problems } = parseTitles(answer.text, kind);
      const first = problems[0];
      if (first) return { again: t('registrations.badLine', { line: first.line, text: first.text }) };
      if (titles.length + others.length > LIMITS.titles)
        return { again: t('registrations.tooMany', { limit: LIMITS.titles }) };
      return {
        to: next,
        data: { ...data, entry: { ...data.entry, titles: [...others, ...titles] } },
        say: [{ text: t('registrations.namesRead', { count: titles.length }) }],
      };
    },
  });

const exemplarStep = defineStep<Data, Reads>({
  ask: () => ({ text: t('registrations.askExemplar'), options: [NONE], free: true }),
  answer: ({ data }, answer) => {
    const { exemplar: _old, ...entry } = data.entry;
    if (answer.kind === 'option') return { to: 'confirm', data: { ...data, entry } };
    if (answer.kind !== 'text') return { again: t('campaigns.textWanted') };
    if (answer.text.length > LIMITS.exemplar)
      return { again: t('campaigns.tooLong', { limit: LIMITS.exemplar, length: answer.text.length }) };
    return { to: 'confirm', data: { ...data, entry: { ...entry, exemplar: answer.text } } };
  },
});

const confirmStep = defineStep<Data, Reads, RegistrableCampaign | null>({
  load: (read, at) => read.registrations.of(at.data.campaignId ?? '', at.data.unitId ?? ''),
  ask: ({ data, loaded, actor }) => {
    const seat = seatFor(actor, data.unitId ?? '');
    if (!loaded || !seat) return { end: true, say: [{ text: t('registrations.notYourCampaign') }] };
    return {
      text: [t('registrations.confirm', { campaign: loaded.name, unit: seat.unitName }), ...entryLines(data.entry)],
      options: [
        { value: 'send', label: t('registrations.send'), words: ['gửi', 'đồng ý', 'có'] },
        { value: 'edit', label: t('button.edit'), words: ['sửa'] },
      ],
    };
  },
  answer: (at, answer) => {
    const seat = seatFor(at.actor, at.data.unitId ?? '');
    if (answer.kind !== 'option' || answer.value === 'edit' || !seat || !at.loaded)
      return { to: 'targets', data: at.data };
    const { registration, campaignId, name } = at.loaded;
    const code = registration?.code ?? at.newCode('DK');
    const entry = { ...at.data.entry, targets: at.data.entry.targets ?? '' };
    return {
      end: true,
      effects: [
        submitRegistration({
          id: at.newId(),
          code,
          campaignId,
          unitId: seat.unitId,
          seatId: seat.seatId,
          entry,
          seenVersion: at.data.seenVersion ?? registration?.version ?? 0,
        }),
      ],
      say: [
        {
          text: t('registrations.receipt', {
            campaign: name,
            unit: seat.unitName,
            seat: seatText(seat),
            at: formatMoment(at.heardAt),
            code,
            due: formatDay(at.loaded.dueOn),
          }),
          buttons: [
            { label: t('button.owed'), command: 'owed' },
            { label: t('button.menu'), command: 'menu' },
          ],
        },
      ],
    };
  },
  refused: ({ data }, refusal) =>
    refusal.refused === 'changed'
      ? // Now it has been told: sending once more replaces what is there.
        { to: 'confirm', data: { ...data, seenVersion: undefined }, say: [{ text: refusal.text }] }
      : { end: true, say: [{ text: refusal.text }] },
});

export const registerFlow: Flow<Data, Reads> = defineFlow<Data, Reads>({
  name: 'register',
  version: 1,
  data: dataSchema,
  commands: [
    defineCommand<Data, Reads>({
      name: 'register',
      words: ['đăng ký', 'đăng ký thi đua', 'đăng kí', '/dangky', 'register'],
      allow: (actor) => actor.seats.length > 0,
      start: (at) => begin(at, at.arg === '' ? undefined : at.arg),
    }),
  ],
  steps: {
    seat: seatStep,
    campaign: campaignStep,
    known: knownStep,
    targets: targetsStep,
    collective: titlesStep('collective', 'individual'),
    individual: titlesStep('individual', 'exemplar'),
    exemplar: exemplarStep,
    confirm: confirmStep,
  },
});
