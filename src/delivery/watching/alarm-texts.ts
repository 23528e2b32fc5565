/** What officers read of an alarm. */
import type { GoButton, Say } from '../../conversation/flow.js';
import { renderText } from '../../conversation/render.js';
import { raw, t, type Text } from '../../conversation/text.js';
import { formatMoment, formatShare } from '../../kernel/format.js';
import { CHANNEL_LABELS } from '../../kernel/people.js';
import { toOpen, type AlarmRow, type OpenAlarm } from './alarm.js';

/** An alarm as it is told when it opens. */
export function sayAlarm(alarm: OpenAlarm): Say {
  if (alarm.kind === 'unproven') return sayUnproven(alarm);
  if (alarm.kind === 'quota') return sayQuota(alarm);
  const { count = 0, oldestSeconds = 0 } = alarm.detail;
  const params = { what: whatText(alarm), count, minutes: Math.max(1, Math.round(Number(oldestSeconds) / 60)) };
  return { text: [t(HEADS[alarm.kind], params), t('delivery.alarm.advice')] };
}

/** An open alarm in one line, for the operator. */
export function alarmText(row: AlarmRow): string {
  return renderText([sayAlarm(toOpen(row)).text].flat()[0] ?? raw(row.subject), 'vi');
}

/** The same alarm when it is over. */
export function sayOver(alarm: OpenAlarm): Say {
  // It closes when enough is proven, and also when the broadcast is stopped or a week old.
  if (alarm.kind === 'unproven') {
    return {
      text: t('delivery.alarm.closed', { title: String(alarm.detail['title'] ?? '') }),
      buttons: [progressButton(alarm)],
    };
  }
  return { text: t('delivery.alarm.over', { what: whatText(alarm) }) };
}

const HEADS = {
  late: 'delivery.alarm.late',
  stuck: 'delivery.alarm.stuck',
  silent: 'delivery.alarm.silent',
} as const;

const WHAT = {
  reply: 'delivery.alarm.what.reply',
  bulk: 'delivery.alarm.what.bulk',
  broadcasts: 'delivery.alarm.what.broadcasts',
  steps: 'delivery.alarm.what.steps',
  inbound: 'delivery.alarm.what.inbound',
  work: 'delivery.alarm.what.work',
  sending: 'delivery.alarm.what.sending',
  queue: 'delivery.alarm.what.queue',
  reconciler: 'delivery.alarm.what.reconciler',
  stamp: 'delivery.alarm.what.stamp',
  sweep: 'delivery.alarm.what.sweep',
  release: 'delivery.alarm.what.release',
  inbox: 'delivery.alarm.what.inbox',
  expand: 'delivery.alarm.what.expand',
  missed: 'delivery.alarm.what.missed',
  ways: 'delivery.alarm.what.ways',
  settle: 'delivery.alarm.what.settle',
  record: 'delivery.alarm.what.record',
  billed: 'delivery.alarm.what.billed',
} as const;

/** What those who decide are told when safe mode begins. */
export const saySafe = (since: Date): Say => ({
  text: t('delivery.safe.began', { at: formatMoment(since) }),
  buttons: [{ label: t('delivery.safe.open'), command: 'safe-mode' }],
});

/** The subject in words: `bulk:zalo` are the messages to many on Zalo. Names of processes are for the log only. */
export function whatText({ subject }: Pick<OpenAlarm, 'subject'>): Text {
  const [first = '', channel = ''] = subject.split(':');
  const key = Object.entries(WHAT).find(([name]) => name === first)?.[1];
  return key === undefined ? raw(subject) : t(key, { channel: CHANNEL_LABELS[channel] ?? '' });
}

function sayUnproven({ subject, detail }: OpenAlarm): Say {
  const [proven, people] = [Number(detail['proven'] ?? 0), Number(detail['people'] ?? 0)];
  return {
    text: t('delivery.alarm.unproven', {
      title: String(detail['title'] ?? ''),
      proven,
      people,
      share: formatShare(proven, people),
      wanted: formatShare(Number(detail['wanted'] ?? 0), 1),
    }),
    buttons: [progressButton({ subject })],
  };
}

const sayQuota = ({ detail: { month = '', used = 0, limit = 0 } }: OpenAlarm): Say => ({
  text: t('delivery.alarm.quota', { month: String(month).split('-').reverse().join('/'), used, limit }),
});

const progressButton = ({ subject }: Pick<OpenAlarm, 'subject'>): GoButton => ({
  label: t('delivery.alarm.progress'),
  command: 'broadcast',
  arg: subject.replace(/^broadcast:/, ''),
});
