// Where the language server's program is. Nothing is downloaded.

import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';

/** The program of the setting; without one that of the package, then the one on the search path. */
export function findServer(context: vscode.ExtensionContext): string | undefined {
  const chosen = chosenServer();
  if (chosen) {
    return isProgram(chosen) ? chosen : undefined;
  }
  const name = process.platform === 'win32' ? 'gctf.exe' : 'gctf';
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const places = [context.asAbsolutePath('server'), ...folders];
  return places.map((folder) => path.join(folder, name)).find(isProgram);
}

/** Says that there is no server and how to get one. */
export async function tellMissing(): Promise<void> {
  const chosen = chosenServer();
  const message = chosen
    ? `gctf.server.path names no program: ${chosen}`
    : 'The program gctf was found neither in this package nor on the PATH. Build it with cargo, then name it here.';
  const settings = 'Open Settings';
  if ((await vscode.window.showErrorMessage(message, settings)) === settings) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'gctf.server.path');
  }
}

function chosenServer(): string {
  return vscode.workspace.getConfiguration('gctf').get<string>('server.path')?.trim() ?? '';
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
