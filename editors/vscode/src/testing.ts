// The Testing view: the server's tests as items, the server's runs as test runs. Nothing is read or run here.

import * as vscode from 'vscode';
import { ExecuteCommandRequest, type LanguageClient } from 'vscode-languageclient/node';
import { headOf, textOf, type Messages } from './messages';
import type { Difference, FileTests, Item, Outcome, RunEvent } from './protocol';

/** What the menu of a failure hands to its command. */
export interface Failure {
  test: vscode.TestItem;
}

export class Tests {
  private readonly controller = vscode.tests.createTestController('gctf', 'gctf');
  private readonly named = new WeakMap<vscode.TestItem, Item>();
  private readonly runs = new Map<number, vscode.TestRun>();
  /** What runs again whenever its file is saved. */
  private readonly continuous = new Set<vscode.TestRunRequest>();
  /** Events wait for the answers to runs that were asked for before, which tell whose they are. */
  private turn: Promise<void> = Promise.resolve();
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly client: LanguageClient,
    private readonly messages: Messages,
  ) {
    this.controller.resolveHandler = (item) => (item ? undefined : this.list());
    this.controller.refreshHandler = () => this.list();
    const { Run } = vscode.TestRunProfileKind;
    const profile = this.controller.createRunProfile('Run', Run, (...asked) => this.start(...asked), true);
    profile.supportsContinuousRun = true;
    this.subscriptions = vscode.Disposable.from(
      this.controller,
      client.onNotification('gctf/tests', (file: FileTests) => {
        this.take(file);
      }),
      client.onNotification('gctf/runEvent', (event: RunEvent) => {
        this.turn = this.turn.then(() => {
          this.follow(event);
        });
      }),
    );
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  /** Runs what is to run whenever this file is saved. */
  saved(uri: vscode.Uri): void {
    for (const request of this.continuous) {
      const touched = this.asked(request).filter((item) => key(item.uri) === uri.toString());
      if (touched.length > 0) {
        // VS Code takes no second run of the same request.
        const { include, exclude, profile } = request;
        void this.run(new vscode.TestRunRequest(include, exclude, profile, true), touched);
      }
    }
  }

  /** How the server names what a failure belongs to. */
  itemOf(failure: Failure): Item | undefined {
    return this.named.get(failure.test);
  }

  private send<T>(command: string, argument: object): Promise<T> {
    return this.client.sendRequest(ExecuteCommandRequest.type, { command, arguments: [argument] }) as Promise<T>;
  }

  private async list(): Promise<void> {
    const files = await this.send<FileTests[]>('gctf.listTests', {});
    const known = new Set(files.map(({ uri }) => key(uri)));
    for (const file of this.files()) {
      const uri = this.named.get(file)?.uri;
      if (uri && !known.has(uri)) {
        this.take({ uri, tests: [] });
      }
    }
    files.forEach((file) => {
      this.take(file);
    });
  }

  /** Makes the items of a file those that the server tells; what stays keeps its result. */
  private take({ uri: told, tests }: FileTests): void {
    const place = vscode.Uri.parse(told);
    const uri = place.toString();
    const folder = this.folder(vscode.Uri.joinPath(place, '..'));
    if (tests.length === 0) {
      folder.children.delete(uri);
      if (folder.children.size === 0) {
        this.controller.items.delete(folder.id);
      }
      return;
    }
    const file = this.child(folder.children, uri, place.path.split('/').pop() ?? uri, place, { uri });
    const documents = tests.map(({ test, label, range, rows = [] }, index) => {
      const document = this.child(file.children, `${uri}#${test}`, label, place, { uri, test });
      document.range = this.client.protocol2CodeConverter.asRange(range);
      document.sortText = String(index).padStart(6, '0');
      const children = rows.map((text, row) => {
        const id = `${document.id}#${row}`;
        const item = this.child(document.children, id, text, place, { uri, test, row });
        item.range = document.range;
        item.sortText = String(row).padStart(6, '0');
        return item;
      });
      document.children.replace(children);
      return document;
    });
    file.children.replace(documents);
  }

  private folder(uri: vscode.Uri): vscode.TestItem {
    const root = vscode.workspace.getWorkspaceFolder(uri);
    const label = root?.uri.toString() === uri.toString() ? root.name : vscode.workspace.asRelativePath(uri);
    return this.child(this.controller.items, uri.toString(), label, uri);
  }

  private child(
    among: vscode.TestItemCollection,
    id: string,
    label: string,
    uri: vscode.Uri,
    name?: Item,
  ): vscode.TestItem {
    const item = among.get(id) ?? this.controller.createTestItem(id, label, uri);
    item.label = label;
    among.add(item);
    if (name) {
      this.named.set(item, name);
    }
    return item;
  }

  private files(): vscode.TestItem[] {
    return [...this.controller.items].flatMap(([, folder]) => [...folder.children].map(([, file]) => file));
  }

  private find({ uri: told, test, row }: Item): vscode.TestItem | undefined {
    const uri = key(told);
    const file = this.files().find(({ id }) => id === uri);
    const document = file?.children.get(`${uri}#${test}`);
    return document?.children.get(`${uri}#${test}#${row}`) ?? document;
  }

  /** What is to run of `items`: whole ones where nothing below them is left out. */
  private chosen(items: readonly vscode.TestItem[], left: readonly vscode.TestItem[]): Item[] {
    const isLeft = (item: vscode.TestItem): boolean =>
      left.includes(item) || [...item.children].some(([, child]) => isLeft(child));
    return items.flatMap((item) => {
      const name = this.named.get(item);
      if (name && !isLeft(item)) {
        return [name];
      }
      const children = [...item.children].map(([, child]) => child);
      return left.includes(item) ? [] : this.chosen(children, left);
    });
  }

  /** What a request means now: a folder may have a file more than when it was chosen. */
  private asked({ include, exclude }: vscode.TestRunRequest): Item[] {
    return this.chosen(include ?? this.files(), exclude ?? []);
  }

  private async start(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    if (!vscode.workspace.isTrusted) {
      throw new Error('Nothing is run in Restricted Mode.');
    }
    if (!request.continuous) {
      return this.run(request, this.asked(request));
    }
    this.continuous.add(request);
    token.onCancellationRequested(() => this.continuous.delete(request));
  }

  private async run(request: vscode.TestRunRequest, items: Item[]): Promise<void> {
    const run = this.controller.createTestRun(request);
    const answer = this.send<{ runId: number }>('gctf.run', { items });
    const known = answer.then(({ runId }) => {
      this.adopt(runId, run);
    });
    this.turn = this.turn.then(() => known).catch(() => {
      run.end();
    });
    await known;
  }

  private adopt(runId: number, run: vscode.TestRun): void {
    this.runs.set(runId, run);
    const cancel = (): Promise<unknown> => this.send('gctf.cancel', { runId });
    if (run.token.isCancellationRequested) {
      void cancel();
    }
    run.token.onCancellationRequested(cancel);
  }

  private follow(event: RunEvent): void {
    if (event.kind === 'started') {
      const items = event.items.map((item) => this.find(item)).filter((item) => item !== undefined);
      if (!this.runs.has(event.runId)) {
        this.adopt(event.runId, this.controller.createTestRun(new vscode.TestRunRequest(items)));
      }
      // What has rows runs as these.
      const parts = items.flatMap((item) => (item.children.size > 0 ? [...item.children].map(([, row]) => row) : [item]));
      parts.forEach((part) => this.runs.get(event.runId)?.enqueued(part));
      return;
    }
    const run = this.runs.get(event.runId);
    if (event.kind === 'finished') {
      const { passed, failed, skipped, cancelled } = event;
      run?.appendOutput(`${passed} passed, ${failed} failed, ${skipped} skipped, ${cancelled} cancelled\r\n`);
      run?.end();
      this.runs.delete(event.runId);
      return;
    }
    const item = this.find(event);
    if (!run || !item) {
      return;
    }
    if (event.kind === 'documentStarted') {
      run.started(item);
    } else if (event.kind === 'message') {
      run.appendOutput(`${headOf(event)}\r\n${textOf(event)}\r\n`, undefined, item);
      this.messages.add(nameOf(item), event);
    } else {
      this.messages.end(nameOf(item), event.outcome);
      this.finish(run, item, event.outcome, event.durationMs, event.failures);
    }
  }

  private finish(run: vscode.TestRun, item: vscode.TestItem, outcome: Outcome, took: number, differences: Difference[]): void {
    const messages = differences.map(({ message, range, expected, actual }) => {
      const isDiff = expected !== undefined && actual !== undefined;
      const shown = isDiff ? vscode.TestMessage.diff(message, expected, actual) : new vscode.TestMessage(message);
      if (item.uri) {
        shown.location = new vscode.Location(item.uri, this.client.protocol2CodeConverter.asRange(range));
      }
      shown.contextValue = 'gctf.failure';
      return shown;
    });
    // What is cancelled loses its mark at the end of the run.
    if (outcome === 'passed') {
      run.passed(item, took);
    } else if (outcome === 'failed') {
      run.failed(item, messages, took);
    } else if (outcome === 'error') {
      run.errored(item, messages, took);
    } else if (outcome === 'skipped') {
      run.skipped(item);
    }
  }
}

/** How people tell a test from others. */
function nameOf({ parent, label }: vscode.TestItem): string {
  return parent ? `${parent.label} ${label}` : label;
}

/** The one way to write a place of which the server and the editor may have their own. */
function key(uri: string): string {
  return vscode.Uri.parse(uri).toString();
}
