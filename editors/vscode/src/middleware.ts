// What is done with requests and answers on their way between VS Code and the server.

import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import { settingsThatAreSet } from './server';

/** The server's commands that neither dial, run nor serve anything, which Restricted Mode leaves. */
const HARMLESS = [
  'gctf.cancel',
  'gctf.listTests',
  'gctf.fillRequest',
  'gctf.insertMissing',
  'gctf.responseToAsserts',
  'gctf.openSource',
  'gctf.eval',
  'gctf.copyAsGrpcurl',
];

/** `names` are those of the settings; `saved` hears of a file before the server does. */
export function middleware(names: string[], saved: (uri: vscode.Uri) => void): Middleware {
  return {
    // A lens runs its command in Restricted Mode unasked.
    async executeCommand(command, args, next) {
      if (vscode.workspace.isTrusted || HARMLESS.includes(command)) {
        return (await next(command, args)) as unknown;
      }
      const manage = 'Manage Workspace Trust';
      const message = 'Nothing is run, served or dialled in Restricted Mode.';
      void vscode.window.showWarningMessage(message, manage).then((answer) => {
        return answer === manage && vscode.commands.executeCommand('workbench.trust.manage');
      });
      return null;
    },
    // In this order the server knows what runs already when it looks what to run on a save.
    didSave(document, next) {
      saved(document.uri);
      return next(document);
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
