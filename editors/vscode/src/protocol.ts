// What the server says and takes beyond the protocol, as docs/lsp-extensions.md has it.

import type { Range } from 'vscode-languageclient/node';

/** A file, a document of it or a row of that, as the server's commands name it. */
export interface Item {
  uri: string;
  test?: string;
  row?: number;
}

/** `gctf/tests`, and an element of what `gctf.listTests` gives. */
export interface FileTests {
  uri: string;
  tests: { test: string; label: string; range: Range; rows?: string[] }[];
}

/** `gctf/runEvent` */
export type RunEvent = { runId: number } & (
  | { kind: 'started'; items: { uri: string; test: string }[] }
  | ({ kind: 'documentStarted' } & Item)
  | ({ kind: 'message' } & Message & Item)
  | ({ kind: 'documentFinished'; outcome: Outcome; durationMs: number; failures: Difference[] } & Item)
  | { kind: 'finished'; passed: number; failed: number; skipped: number; cancelled: number }
);

export interface Message {
  number: number;
  elapsedMs: number;
  json: string;
  truncated?: true;
}

export type Outcome = 'passed' | 'failed' | 'error' | 'skipped' | 'cancelled';

export interface Difference {
  message: string;
  range: Range;
  expected?: string;
  actual?: string;
}

/** `experimental/serverStatus` */
export interface Status {
  health: 'ok' | 'warning' | 'error';
  quiescent: boolean;
  message?: string;
}
