// The messages of calls, one a line, in an output channel: VS Code filters and copies there.

import * as vscode from 'vscode';
import type { Message, Outcome } from './protocol';

/** How many characters the channel has; of more the older half goes. */
const MOST = 4 * 1024 * 1024;
const BATCH_MS = 100;

export class Messages {
  private channel: vscode.OutputChannel | undefined;
  /** What the channel has. */
  private lines: string[] = [];
  private length = 0;
  private waiting: string[] = [];
  private timer: NodeJS.Timeout | undefined;
  /** The tests of which messages have come and that go on. */
  private readonly open = new Set<string>();

  add(name: string, message: Message): void {
    this.open.add(name);
    this.write(`${name} ${headOf(message)} ${textOf(message)}`);
  }

  /** A test has ended: of one that had messages this is told. */
  end(name: string, outcome: Outcome): void {
    if (this.open.delete(name)) {
      this.write(`${name} ${outcome}`);
    }
  }

  async show(): Promise<void> {
    if (this.channel) {
      this.channel.show(true);
    } else {
      await vscode.window.showInformationMessage('No message has come yet: run a test first.');
    }
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.channel?.dispose();
  }

  private write(text: string): void {
    this.channel ??= vscode.window.createOutputChannel('gctf messages', 'log');
    this.waiting.push(`${timeOfDay()} ${text}\n`);
    this.timer ??= setTimeout(() => {
      this.flush();
    }, BATCH_MS);
  }

  private flush(): void {
    this.timer = undefined;
    const text = this.waiting.join('');
    this.lines.push(...this.waiting);
    this.length += text.length;
    this.waiting = [];
    if (this.length <= MOST) {
      this.channel?.append(text);
      return;
    }
    let gone = 0;
    for (; this.length > MOST / 2; gone += 1) {
      this.length -= this.lines[gone]?.length ?? 0;
    }
    this.lines = this.lines.slice(gone);
    this.channel?.replace(`Older messages have made room.\n${this.lines.join('')}`);
  }
}

/** Which message of its call it is. */
export function headOf({ number, elapsedMs }: Message): string {
  return `#${number} after ${elapsedMs} ms`;
}

/** What it holds, with a mark where there is more. */
export function textOf({ json, truncated }: Message): string {
  return truncated ? `${json} … (cut)` : json;
}

function timeOfDay(): string {
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(11, 23);
}
