import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Locator, type Page } from 'playwright-core';

/** What this rig uses of JupyterLab's application object, which `expose_app_in_browser` puts on the page. */
interface LabGlobal {
  readonly jupyterapp?: {
    readonly shell: {
      readonly currentWidget?: {
        readonly content: { readonly model?: { toJSON(): { cells: NotebookCell[] } } };
        readonly sessionContext?: { readonly session?: { readonly kernel?: { readonly status: string } } };
      };
    };
  };
}

/** What this rig uses of the page's DOM. */
interface PageElement {
  scrollIntoView(options: { block: 'center' }): void;
  getBoundingClientRect(): { x: number; y: number; width: number; height: number };
  contains(other: PageElement | null): boolean;
}

export interface NotebookCell {
  readonly cell_type: 'code' | 'markdown';
  readonly source: string;
  readonly execution_count?: number | null;
  readonly outputs?: readonly { output_type: string; data?: Record<string, unknown>; evalue?: string }[];
}

/** Flags that keep Chromium from the network and let it run as root in a container. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page of a headless Chromium; closing its context ends the browser's process through `close`. */
export async function openPage(executablePath: string): Promise<{ page: Page; close(): Promise<void> }> {
  const browser = await chromium.launch({ executablePath, headless: true, args: flags });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  return { page, close: () => browser.close() };
}

/** Opens a notebook and waits for its kernel. */
export async function openNotebook(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await until(async () => (await kernelStatus(page)) === 'idle', { page, what: 'an idle kernel' });
}

/** What the front end believes of the kernel: `idle`, `busy`, `restarting`, or `none` if there is none. */
export const kernelStatus = async (page: Page): Promise<string> => (await readNotebook(page)).status;

/** Opens a notebook, waits for its kernel and runs all cells from the menu, as a person would. */
export async function runAllCells(page: Page, url: string): Promise<void> {
  await openNotebook(page, url);
  await page.locator('.lm-MenuBar-itemLabel', { hasText: /^Run$/ }).click();
  await page.locator('.lm-Menu-itemLabel', { hasText: /^Run All Cells$/ }).click();
}

/** Waits until every code cell has run, or one has failed, and the kernel is idle; returns the code cells. */
export async function finishedCells(page: Page): Promise<NotebookCell[]> {
  let code: NotebookCell[] = [];
  const finished = async (): Promise<boolean> => {
    const { cells, status } = await readNotebook(page);
    code = cells.filter((cell) => cell.cell_type === 'code');
    const failed = code.some((cell) => cell.outputs?.some((output) => output.output_type === 'error'));
    return status === 'idle' && (failed || code.every((cell) => cell.execution_count));
  };
  await until(finished, { page, what: 'all cells to be run', seconds: 270 });
  return code;
}

/** The cell, with its outputs, whose source holds a text. */
export const cellWith = (page: Page, source: string): Locator =>
  page.locator('.jp-CodeCell').filter({ has: page.locator('.jp-InputArea', { hasText: source }) });

/** Runs the one cell whose source holds a text, by Ctrl-Enter. */
export async function runCell(page: Page, source: string): Promise<void> {
  await cellWith(page, source).locator('.cm-content').click();
  await page.keyboard.press('Control+Enter');
}

/**
 * Brings an element to the middle of the window and waits until it stays there with nothing over it: Lab lays out cells
 * only when they come near, which moves what is below them.
 */
export async function showInMiddle(page: Page, element: Locator): Promise<void> {
  let before = Number.NaN;
  const settled = async (): Promise<boolean> => {
    const { y, onTop } = await element.evaluate((target: PageElement) => {
      target.scrollIntoView({ block: 'center' });
      const { x, y, width, height } = target.getBoundingClientRect();
      const { document } = globalThis as unknown as { document: { elementFromPoint: HitTest } };
      type HitTest = (x: number, y: number) => PageElement | null;
      return { y, onTop: target.contains(document.elementFromPoint(x + width / 2, y + height / 2)) };
    });
    const still = y === before;
    before = y;
    return still && onTop;
  };
  await until(settled, { page, what: 'the element to be on the screen' });
}

function readNotebook(page: Page): Promise<{ cells: NotebookCell[]; status: string }> {
  return page.evaluate(() => {
    const panel = (globalThis as LabGlobal).jupyterapp?.shell.currentWidget;
    return {
      cells: panel?.content.model?.toJSON().cells ?? [],
      status: panel?.sessionContext?.session?.kernel?.status ?? 'none',
    };
  });
}

interface Wait {
  readonly page: Page;
  readonly what: string;
  readonly seconds?: number;
}

/** Polls a condition; keeps a screenshot of what the page showed if it never comes true. */
async function until(condition: () => Promise<boolean>, { page, what, seconds = 60 }: Wait): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) {
      await page.screenshot({ path: 'out/lab-failure.png' });
      throw new Error(`Waited ${seconds} s for ${what}, see out/lab-failure.png`);
    }
    await sleep(250);
  }
}
