/** Templates of Zalo and the account's limits: what an administrator configures. */
import { z } from 'zod';
import { defineEffect, refuse, t } from '../conversation/index.js';
import { PARAMETER_SOURCES, readZaloLimits, TEMPLATE_KINDS, type ZaloLimits } from '../delivery/index.js';
import { handle, type EffectContext, type EffectHandler } from '../inbox/index.js';
import { isAdmin } from '../units/index.js';
import type { Tx } from '../store/index.js';

export const TEMPLATE_CLASSES = ['announcement', 'deadline', 'critical', 'honour'] as const;
export const LONGEST_VALUE = 400;

export const parameterSchema = z.object({
  name: z.string().regex(/^\w{1,40}$/),
  from: z.enum(PARAMETER_SOURCES),
  max: z.number().int().min(1).max(LONGEST_VALUE),
});

/** A template as it is stored; a parameter that is missing or unknown is none. */
export const templateSchema = z.object({
  id: z.string().regex(/^\d{1,20}$/),
  name: z.string().min(1).max(80),
  kind: z.enum(TEMPLATE_KINDS),
  classes: z.array(z.enum(TEMPLATE_CLASSES)).min(1),
  parameters: z
    .array(parameterSchema)
    .min(1)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length),
  priceVnd: z.number().int().min(0).max(100_000),
});
export type NewTemplate = z.infer<typeof templateSchema>;
export type StoredTemplate = NewTemplate & { readonly active: boolean };

/** The four numbers of an account's package. */
export const LIMIT_FIELDS = ['perMinute', 'billedPerMonth', 'templatesPerDay', 'billedPriceVnd'] as const;
export type NewLimits = Readonly<Record<(typeof LIMIT_FIELDS)[number], number>>;

export const addTemplate = defineEffect<NewTemplate>('notices.template-add');
export const switchTemplate = defineEffect<{ readonly id: string; readonly active: boolean }>(
  'notices.template-switch',
);
export const setZaloLimits = defineEffect<NewLimits>('notices.zalo-limits');

/** What flows read of them. */
export interface TemplateReads {
  readonly zaloTemplates: {
    list(): Promise<readonly StoredTemplate[]>;
    limits(): Promise<ZaloLimits>;
  };
}

const LIMITS_KEY = 'zalo.limits';

/** The reads of one turn. */
export function createTemplateReads(tx: Tx): TemplateReads['zaloTemplates'] {
  return {
    async list() {
      const rows = await tx.zaloTemplate.findMany({ orderBy: [{ active: 'desc' }, { createdAt: 'asc' }] });
      return rows.flatMap((row) => {
        const template = templateSchema.safeParse(row);
        return template.success ? [{ ...template.data, active: row.active }] : [];
      });
    },
    limits: async () => readZaloLimits((await tx.setting.findUnique({ where: { key: LIMITS_KEY } }))?.value, Infinity),
  };
}

/** Only an administrator configures what costs money; each change is noted. */
export function createTemplateEffects(): EffectHandler[] {
  return [
    handle(addTemplate, async (template, at) => {
      if (!isAdmin(at.actor)) return refuse('not-allowed', t('notices.template.notAllowed'));
      const { success, data } = templateSchema.safeParse(template);
      if (!success) return refuse('bad-template', t('notices.template.bad'));
      const { count } = await at.tx.zaloTemplate.createMany({
        data: [{ ...data, createdAt: at.now }],
        skipDuplicates: true,
      });
      if (count === 0) return refuse('known', t('notices.template.known', { id: data.id }));
      return note(at, 'zalo-template.add', data.id, data);
    }),
    handle(switchTemplate, async ({ id, active }, at) => {
      if (!isAdmin(at.actor)) return refuse('not-allowed', t('notices.template.notAllowed'));
      const { count } = await at.tx.zaloTemplate.updateMany({ where: { id, active: !active }, data: { active } });
      return count === 0 ? undefined : note(at, active ? 'zalo-template.on' : 'zalo-template.off', id, {});
    }),
    handle(setZaloLimits, async (limits, at) => {
      if (!isAdmin(at.actor)) return refuse('not-allowed', t('notices.template.notAllowed'));
      const value = { ...limits };
      await at.tx.setting.upsert({
        where: { key: LIMITS_KEY },
        create: { key: LIMITS_KEY, value },
        update: { value },
      });
      return note(at, 'zalo-limits.set', 'account', value);
    }),
  ];
}

async function note({ tx, now, actor }: EffectContext, action: string, id: string, data: object): Promise<undefined> {
  await tx.auditEntry.create({
    data: { at: now, memberId: actor.memberId, action, subject: `zalo:${id}`, data: { ...data } },
  });
  return undefined;
}
