/** The chat page in a browser over a sample province: what every test of the page needs. */
import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startWebWorld, type WebWorld } from '../channels/web-world.js';
import { waitFor } from '../support/wait.js';
import { bubbles, launchBrowser, PEOPLE, PROBE, sampleBot } from './page-support.js';

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };

export type PageWorld = Awaited<ReturnType<typeof startPageWorld>>;

/** Starts the product, its people and a browser. */
export async function startPageWorld() {
  const world = await startWebWorld({ reply: sampleBot, demoPort: { people: () => Promise.resolve(PEOPLE) } });
  for (const { code, name } of PEOPLE) {
    if (code === 'visitor') continue;
    await world.store.db.member.create({ data: { id: randomUUID(), code, fullName: name } });
  }
  const browser = await launchBrowser();
  const contexts: BrowserContext[] = [];
  const trouble: string[] = [];

  /** A new browser, as of another person. */
  const newContext = async (viewport = DESKTOP, more: object = {}): Promise<BrowserContext> => {
    const context = await browser.newContext({ viewport, locale: 'vi-VN', ...more });
    context.setDefaultTimeout(15_000);
    await context.addInitScript({ path: PROBE });
    contexts.push(context);
    watch(context, world.url, trouble);
    return context;
  };

  const open = async (as: string | null, context?: BrowserContext, viewport = DESKTOP): Promise<Page> => {
    const page = await (context ?? (await newContext(viewport))).newPage();
    await page.goto(as === null ? world.url : `${world.url}/?as=${as}`);
    return page;
  };

  /** Opens a person's talk and waits until it is live. */
  const talk = async (as: string, context?: BrowserContext, viewport = DESKTOP): Promise<Page> => {
    const page = await open(as, context, viewport);
    await page.waitForSelector('#line[data-state="live"]');
    await page.waitForSelector('.item');
    return page;
  };

  return {
    world,
    browser,
    newContext,
    open,
    talk,
    ...questions(world),
    /** Closes the windows of a test; what went wrong in them. */
    tidy: async (): Promise<string[]> => {
      await Promise.all(contexts.splice(0).map((context) => context.close()));
      return trouble.splice(0);
    },
    stop: () => stop(browser, world),
  };
}

async function stop(browser: Browser, world: WebWorld): Promise<void> {
  await browser.close();
  await world.stop();
}

/** Notes what must not happen: calls to other hosts, errors of the page, broken policies. */
function watch(context: BrowserContext, home: string, trouble: string[]): void {
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(home) && !url.startsWith('blob:') && !url.startsWith('data:')) trouble.push(url);
  });
  context.on('weberror', (web) => trouble.push(String(web.error())));
  context.on('console', (message) => {
    if (/Content Security Policy|Uncaught/.test(message.text())) trouble.push(message.text());
  });
}

/** What tests ask about people and messages. */
function questions(world: WebWorld) {
  const contactOf = async (code: string): Promise<string> => {
    const { contacts } = await world.store.db.member.findUniqueOrThrow({
      where: { code },
      include: { contacts: true },
    });
    return contacts[0]?.id ?? '';
  };
  return {
    contactOf,
    /** What the product was told by a person, in order. */
    told: async (code: string): Promise<string[]> =>
      (await world.inbound(await contactOf(code))).map((body) =>
        body.kind === 'text' ? body.text : body.kind === 'action' ? body.action : body.kind,
      ),
  };
}

/** Types a text and sends it by the button. */
export async function say(page: Page, text: string): Promise<void> {
  await page.fill('#write', text);
  await page.click('#send');
}

/** Waits until a text stands on the page. */
export async function saw(page: Page, text: string): Promise<void> {
  await waitFor(async () => (await bubbles(page)).some((line) => line.includes(text)), {
    what: `"${text}" on the page`,
  });
}
