// VS Code's window as a user sees and uses it.

import path from 'node:path';
import { chromium } from 'playwright-core';

/** How long something may take to appear before it is taken to be missing. */
const PATIENCE = Number(process.env.GCTF_TEST_PATIENCE_MS ?? 120_000);

export const startBrowser = () =>
  chromium.launch({
    executablePath: process.env.GCTF_TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'],
  });

export class Workbench {
  constructor(page) {
    this.page = page;
    this.keys = page.keyboard;
    page.setDefaultTimeout(PATIENCE);
  }

  static async open(browser, url, size = { width: 1100, height: 900 }) {
    const context = await browser.newContext({ viewport: size, permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
    const workbench = new Workbench(page);
    await page.goto(url, { waitUntil: 'domcontentloaded' });
    await page.locator('.monaco-workbench .part.statusbar').waitFor();
    return workbench;
  }

  /** Waits for something with this text. */
  async see(selector, text) {
    const found = this.page.locator(selector, text === undefined ? {} : { hasText: text }).first();
    await found.waitFor();
    return found;
  }

  /** Waits until nothing like this is there any more. */
  async gone(selector, text) {
    const found = this.page.locator(selector, text === undefined ? {} : { hasText: text });
    await found.first().waitFor({ state: 'hidden' });
  }

  async answer(text, row = text) {
    await this.page.locator('.quick-input-widget input[type=text]').fill(text);
    await this.see('.quick-input-widget .monaco-list-row.focused', row);
    await this.keys.press('Enter');
  }

  async command(title) {
    await this.keys.press('F1');
    await this.answer(`>${title}`, title);
  }

  /** Opens a file by its name, or by its path: what VS Code knows of names may be older than a new file. */
  async openFile(file) {
    const name = path.basename(file);
    await this.keys.press('Control+P');
    await this.answer(file, name);
    await this.see('.tab.active', name);
    await this.see('.editor-instance .view-line');
  }

  /** The number of the group of editors that is worked in. */
  group = 1;

  /** A click might land on a lens. */
  async focusEditor() {
    await this.keys.press(`Control+${this.group}`);
    await this.see('.monaco-editor.focused');
  }

  /** Puts the cursor at a place, both from 1. */
  async goto(line, column) {
    await this.focusEditor();
    await this.keys.press('Control+G');
    const input = this.page.locator('.quick-input-widget input[type=text]');
    await input.fill(`:${line}:${column}`);
    await this.keys.press('Enter');
    await this.see('.statusbar-item', `Ln ${line}, Col ${column}`);
  }

  /** Replaces `length` characters at a place by typing. */
  async type(line, column, length, text) {
    await this.goto(line, column);
    for (let at = 0; at < length; at += 1) {
      await this.keys.press('Delete');
    }
    await this.keys.type(text);
  }

  /** Takes the action with this title at the cursor. */
  async act(title) {
    await this.focusEditor();
    const row = this.page.locator('.action-widget .monaco-list-row.focused');
    // VS Code forgets the question if findings change before the answer comes.
    const ask = async () => {
      await this.keys.press('Control+.');
      return await row.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
    };
    await this.until(ask, Boolean);
    // A space would take what is found by then.
    await this.keys.type(title.split(' ')[0]);
    await this.see('.action-widget .monaco-list-row.focused', title);
    await this.keys.press('Enter');
    await this.gone('.action-widget');
  }

  /** Opens a step of the walkthrough and presses its button, if there is one to press. */
  async step(title, button) {
    await (await this.see('.gettingStartedContainer .getting-started-step', title)).click();
    const expanded = '.gettingStartedContainer .getting-started-step.expanded';
    await this.see(expanded, title);
    if (button) {
      await (await this.see(`${expanded} .monaco-button`, button)).click();
    }
  }

  /** Confirms an edit that is shown before it is made. */
  async confirm() {
    const box = ['input[type=checkbox]', '.monaco-checkbox'].map((kind) => `.bulk-edit-panel ${kind}`).join();
    await (await this.see(box)).click();
    await (await this.see('.bulk-edit-panel .monaco-button', 'Apply')).click();
  }

  /** Has the output view show lines with this text only. */
  filter = (text) => this.page.locator('.part.panel input[placeholder^="Filter"]').fill(text);

  clipboard = () => this.page.evaluate(() => navigator.clipboard.readText());

  /** Waits until what `look` gives is as `wanted` says. */
  async until(look, wanted) {
    const start = Date.now();
    for (;;) {
      const found = await look();
      if (wanted(found)) {
        return found;
      }
      if (Date.now() - start > PATIENCE) {
        throw new Error(`this stays: ${JSON.stringify(found)}`);
      }
      await this.page.waitForTimeout(50);
    }
  }

  /** The lines that are on the screen in the output view. */
  async output() {
    const lines = await this.page.locator('.output-view .view-line').allTextContents();
    return lines.map((line) => line.replaceAll('\u00a0', ' '));
  }

  line = (text) => this.see('.view-line', text);
  status = (text) => this.see('.statusbar-item', text);

  /** A lens of the file's first document. */
  async lens(text) {
    await this.focusEditor();
    await this.keys.press('Control+Home');
    return this.see('.codelens-decoration a', text);
  }

  async clickLens(text) {
    await (await this.lens(text)).click();
  }

  squiggles(kind = 'error') {
    return this.page.locator(`.view-overlays .squiggly-${kind}`);
  }

  /** A row of the Testing view, and its mark. */
  test = (name) => this.see('.test-explorer .monaco-list-row', name);

  async expand(name) {
    await (await this.test(name)).click();
    await this.keys.press('ArrowRight');
  }

  async testIs(name, mark) {
    const row = this.page.locator('.test-explorer .monaco-list-row', { hasText: name }).first();
    await row.locator(`.codicon-testing-${mark}-icon`).waitFor();
  }

  async trust() {
    await (await this.status('Restricted Mode')).click();
    await (await this.see('.workspace-trust-editor .monaco-button', /^Trust$/)).click();
    await this.gone('.statusbar-item', 'Restricted Mode');
  }

  /** The colour of a word on the screen. */
  async colour(word) {
    const span = this.page.locator('.view-line span[class^=mtk]').getByText(word, { exact: true }).first();
    return await span.evaluate((element) => getComputedStyle(element).color);
  }

  shot(file) {
    return this.page.screenshot({ path: file });
  }
}
