// The extension's life: one language client for all folders, what it announces, what it may run, its status.

import { spawn } from 'node:child_process';
import * as vscode from 'vscode';
import { LanguageClient, type LanguageClientOptions, type Middleware, type StaticFeature } from 'vscode-languageclient/node';
import type { Status } from './protocol';
import { findServer, settingNames, settingsThatAreSet, tellMissing } from './server';
import { Tests } from './testing';
import { registerCommands, setUpClipboard } from './ui';

/** The server's commands that neither dial nor run anything, which Restricted Mode leaves. */
const HARMLESS = [
  'gctf.cancel',
  'gctf.listTests',
  'gctf.fillRequest',
  'gctf.insertMissing',
  'gctf.openSource',
  'gctf.eval',
  'gctf.copyAsGrpcurl',
];

const SELECTOR = ['file', 'untitled'].map((scheme) => ({ scheme, language: 'gctf' }));

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel('gctf', { log: true });
  const server = (): Promise<ReturnType<typeof spawn>> => {
    const program = findServer(context);
    return program ? Promise.resolve(spawn(program, ['lsp'])) : Promise.reject(new Error('gctf was not found'));
  };
  const options: LanguageClientOptions = {
    documentSelector: SELECTOR,
    outputChannel: log,
    initializationOptions: () => ({ trusted: vscode.workspace.isTrusted }),
    middleware: middleware(settingNames(context)),
  };
  const running = (client = new LanguageClient('gctf', 'gctf', server, options));
  running.registerFeature(announcements);
  setUpClipboard(running);
  const restart = async (): Promise<void> => {
    if (!findServer(context)) {
      return tellMissing();
    }
    await (running.needsStart() ? running.start() : running.restart());
    for (const command of running.initializeResult?.capabilities.executeCommandProvider?.commands ?? []) {
      await vscode.commands.executeCommand('setContext', command.replace('gctf.', 'gctf.can.'), true);
    }
  };
  const tell = async (method: string, params: object): Promise<void> => {
    if (running.isRunning()) {
      await running.sendNotification(method, params);
    }
  };
  const tests = new Tests(running);
  context.subscriptions.push(
    log,
    tests,
    statusItem(running),
    ...registerCommands(context, { log, tests, restart, server: () => findServer(context) }),
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
  await restart();
}

export function deactivate(): Promise<void> | undefined {
  return client?.stop();
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

function middleware(names: string[]): Middleware {
  return {
    // A lens runs its command in Restricted Mode unasked.
    async executeCommand(command, args, next) {
      if (vscode.workspace.isTrusted || HARMLESS.includes(command)) {
        return (await next(command, args)) as unknown;
      }
      const manage = 'Manage Workspace Trust';
      const message = 'Nothing is run or dialled in Restricted Mode.';
      void vscode.window.showWarningMessage(message, manage).then((answer) => {
        return answer === manage && vscode.commands.executeCommand('workbench.trust.manage');
      });
      return null;
    },
    window: {
      // A text to look at comes beside the test, which keeps the focus.
      async showDocument(params, token, next) {
        if (params.external || params.takeFocus) {
          return await next(params, token);
        }
        const { start, end } = params.selection ?? {};
        const options = {
          viewColumn: vscode.ViewColumn.Beside,
          preserveFocus: true,
          ...(start && end && { selection: new vscode.Range(start.line, start.character, end.line, end.character) }),
        };
        await vscode.window.showTextDocument(vscode.Uri.parse(params.uri), options);
        return { success: true };
      },
    },
    workspace: {
      // Only what somebody has set: the manifest's defaults would win over a gctf.toml.
      configuration: (params) =>
        params.items.map(({ scopeUri }) => settingsThatAreSet(names, scopeUri ? vscode.Uri.parse(scopeUri) : undefined)),
    },
  };
}

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
