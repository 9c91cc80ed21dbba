// The extension's life: one language client for all folders, what it announces, its status.

import { spawn } from 'node:child_process';
import * as vscode from 'vscode';
import { LanguageClient, type LanguageClientOptions, type StaticFeature } from 'vscode-languageclient/node';
import { Messages } from './messages';
import { middleware } from './middleware';
import type { Status } from './protocol';
import { findServer, settingNames, tellMissing } from './server';
import { Tests } from './testing';
import { registerCommands, setUpClipboard } from './ui';

const SELECTOR = ['file', 'untitled'].map((scheme) => ({ scheme, language: 'gctf' }));

let client: LanguageClient | undefined;
/** Settles once the server runs or cannot be started. */
let ready = Promise.resolve();

/** Nothing here waits for the server. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('gctf', { log: true });
  const server = (): Promise<ReturnType<typeof spawn>> => {
    const program = findServer(context);
    return program ? Promise.resolve(spawn(program, ['lsp'])) : Promise.reject(new Error('gctf was not found'));
  };
  const options: LanguageClientOptions = {
    documentSelector: SELECTOR,
    outputChannel: log,
    initializationOptions: () => ({ trusted: vscode.workspace.isTrusted }),
    middleware: middleware(settingNames(context), (uri) => {
      tests.saved(uri);
    }),
  };
  const running = (client = new LanguageClient('gctf', 'gctf', server, options));
  running.registerFeature(announcements);
  setUpClipboard(running);
  const start = async (): Promise<void> => {
    if (!findServer(context)) {
      void tellMissing();
      return;
    }
    await (running.needsStart() ? running.start() : running.restart());
    for (const command of running.initializeResult?.capabilities.executeCommandProvider?.commands ?? []) {
      await vscode.commands.executeCommand('setContext', command.replace('gctf.', 'gctf.can.'), true);
    }
  };
  const restart = (): Promise<void> => {
    // The client has told the user.
    ready = start().catch((error: unknown) => {
      log.error(String(error));
    });
    return ready;
  };
  const tell = async (method: string, params: object): Promise<void> => {
    if (running.isRunning()) {
      await running.sendNotification(method, params);
    }
  };
  const messages = new Messages();
  const tests = new Tests(running, messages);
  context.subscriptions.push(
    log,
    messages,
    tests,
    statusItem(running),
    ...registerCommands(context, { log, messages, tests, restart, ready: () => ready }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => tell('gctf/didChangeTrust', { trusted: true })),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration('gctf.server.path')) {
        await restart();
      } else if (event.affectsConfiguration('gctf')) {
        // The server asks for what it wants to know.
        await tell('workspace/didChangeConfiguration', { settings: null });
      }
    }),
  );
  void restart();
}

export async function deactivate(): Promise<void> {
  await ready;
  if (client?.needsStop()) {
    await client.stop();
  }
}

/** What goes beyond the protocol and is understood here. */
const announcements: StaticFeature = {
  fillClientCapabilities(capabilities) {
    capabilities.experimental = {
      ...(capabilities.experimental as object | undefined),
      gctf: { runEvents: true, tests: true, copyText: true },
      serverStatusNotification: true,
    };
  },
  initialize: () => undefined,
  getState: () => ({ kind: 'static' }),
  clear: () => undefined,
};

/** How the schemas, the environment and the mock stand, beside the language of a test. */
function statusItem(client: LanguageClient): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('gctf.status', vscode.StatusBarAlignment.Right, 100);
  item.name = 'gctf';
  item.command = 'gctf.ui.menu';
  item.tooltip = 'gctf';
  const show = ({ health, quiescent, message }: Status): void => {
    const warns = health !== 'ok';
    item.text = `$(${quiescent ? (warns ? 'warning' : 'beaker') : 'loading~spin'}) ${message ?? 'gctf'}`;
    item.backgroundColor = warns ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
  };
  const place = (editor: vscode.TextEditor | undefined): void => {
    if (editor && vscode.languages.match(SELECTOR, editor.document)) {
      item.show();
    } else {
      item.hide();
    }
  };
  show({ health: 'ok', quiescent: true });
  place(vscode.window.activeTextEditor);
  const told = client.onNotification('experimental/serverStatus', show);
  return vscode.Disposable.from(item, told, vscode.window.onDidChangeActiveTextEditor(place));
}
