/** "Việc của tôi": the list of what waits, each line opening the way to do it. */
import { z } from 'zod';
import {
  defineCommand,
  defineEffect,
  defineFlow,
  defineStep,
  raw,
  refuse,
  t,
  type Flow,
} from '../conversation/index.js';
import { formatMoment } from '../kernel/format.js';
import type { Actor } from '../kernel/people.js';
import { handle, type EffectHandler } from '../inbox/index.js';
import type { Task, TaskKind } from './model.js';
import type { TasksReads } from './store.js';

const PAGE = 8;

const finishTask = defineEffect<{ taskId: string }>('tasks.finish');

type Reads = { readonly tasks: TasksReads };
const dataSchema = z.object({ offset: z.number(), taskId: z.string().optional() });
type Data = z.infer<typeof dataSchema>;

const isOfficer = (actor: Actor) => actor.roles.includes('officer') || actor.roles.includes('admin');

/** `commands` says which command does a kind of task; kinds without one are read and marked as done here. */
export function createTasksFlows(commands: Readonly<Partial<Record<TaskKind, string>>>): Flow<Data, Reads>[] {
  return [
    defineFlow<Data, Reads>({
      name: 'tasks',
      version: 1,
      data: dataSchema,
      keepsDraft: false,
      commands: [
        defineCommand<Data, Reads>({
          name: 'tasks',
          words: ['việc của tôi', 'việc cần làm', 'my tasks'],
          allow: isOfficer,
          start: () => ({ to: 'list', data: { offset: 0 } }),
        }),
      ],
      steps: { list: listStep(commands), one: oneStep() },
    }),
  ];
}

function listStep(commands: Readonly<Partial<Record<TaskKind, string>>>) {
  return defineStep<Data, Reads, { tasks: Task[]; total: number }>({
    load: (read, at) => read.tasks.open(PAGE, at.data.offset),
    ask({ loaded, data }) {
      if (loaded.total === 0)
        return { end: true, say: [{ text: t('tasks.none'), buttons: [{ label: t('button.menu'), command: 'menu' }] }] };
      const lines = loaded.tasks.map((task, n) => raw(`${String(n + 1)}. ${task.title}`));
      const more = data.offset + loaded.tasks.length < loaded.total;
      return {
        text: [t('tasks.title', { count: loaded.total }), ...lines, t('tasks.choose')],
        options: [
          ...loaded.tasks.map((task, n) => ({
            value: task.id,
            label: raw(`${String(n + 1)} ${task.code}`),
            words: [task.code],
          })),
          ...(more ? [{ value: 'more', label: t('tasks.more') }] : []),
        ],
      };
    },
    answer({ loaded, data }, answer) {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'more') return { to: 'list', data: { offset: data.offset + PAGE } };
      const task = loaded.tasks.find((one) => one.id === answer.value);
      if (!task) return { again: t('tasks.gone') };
      const command = commands[task.kind];
      return command ? { begin: command, arg: task.refId } : { to: 'one', data: { ...data, taskId: task.id } };
    },
  });
}

function oneStep() {
  return defineStep<Data, Reads, Task | null>({
    load: (read, at) => (at.data.taskId === undefined ? Promise.resolve(null) : read.tasks.one(at.data.taskId)),
    ask({ loaded, data }) {
      if (!loaded) return { to: 'list', data: { offset: data.offset }, say: [{ text: t('tasks.gone') }] };
      return {
        text: [
          raw(loaded.title),
          ...(loaded.text === '' ? [] : [raw(loaded.text)]),
          t('tasks.openedAt', { at: formatMoment(loaded.openedAt) }),
        ],
        options: [
          { value: 'done', label: t('tasks.markDone'), words: ['xong'] },
          { value: 'list', label: t('tasks.toList') },
        ],
      };
    },
    answer({ loaded, data }, answer) {
      const list = { to: 'list', data: { offset: data.offset } };
      if (answer.kind !== 'option' || answer.value !== 'done' || !loaded) return list;
      return {
        ...list,
        say: [{ text: t('tasks.done', { code: loaded.code }) }],
        effects: [finishTask({ taskId: loaded.id })],
      };
    },
    refused: ({ data }, refusal) => ({ to: 'list', data: { offset: data.offset }, say: [{ text: refusal.text }] }),
  });
}

/** Handlers of this room's effects. */
export function createTasksEffects(): EffectHandler[] {
  return [
    handle(finishTask, async ({ taskId }, { tx, actor, now }) => {
      const done = await tx.task.updateMany({
        where: { id: taskId, doneAt: null },
        data: { doneAt: now, doneById: actor.memberId, result: 'done' },
      });
      return done.count === 0 ? refuse('gone', t('tasks.gone')) : undefined;
    }),
  ];
}
