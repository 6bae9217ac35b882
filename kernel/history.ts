import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { dataFolder } from './data-folder.ts';

/** A cell that was run: in session `session` it had the execution count `line`. */
export interface HistoryEntry {
  readonly session: number;
  readonly line: number;
  readonly source: string;
  /** The text of its value; null if it showed none. */
  readonly output: string | null;
}

export interface HistoryRange {
  /** 0 is this session, -1 the one before it. */
  readonly session?: number;
  /** First line, from 1; negative: from the end, -1 is the last line. */
  readonly start?: number;
  /** First line that is left out; negative: from the end. Default: none is. */
  readonly stop?: number | undefined;
}

export interface HistorySearch {
  /** As SQLite's GLOB: `*`, `?`, `[abc]`; must fit the whole cell. */
  readonly pattern?: string;
  /** The newest so many. Default: all. */
  readonly n?: number | undefined;
  /** Of cells with the same text only the newest. */
  readonly unique?: boolean;
}

const schema = `
  CREATE TABLE IF NOT EXISTS sessions (session INTEGER PRIMARY KEY AUTOINCREMENT, start TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS cells (
    session INTEGER NOT NULL, line INTEGER NOT NULL, source TEXT NOT NULL, output TEXT,
    PRIMARY KEY (session, line)
  ) WITHOUT ROWID;
`;
const columns = 'session, line, source, output';
const newestFirst = 'ORDER BY session DESC, line DESC';
/** Longer outputs are cut: one huge value must not make the file huge. In characters. */
const outputLimit = 64 * 1024;
/** How long a write waits for another kernel's, in ms. */
const busyTimeout = 1000;

/**
 * The cells a user has run, in one SQLite file for all kernels of that user (EDGEBOOK_HISTORY names another;
 * `:memory:` keeps none). Opened at its first use. A file that cannot be used costs the history, which then lasts
 * as long as the kernel, and is said once on stderr.
 */
export class History {
  readonly #path: string;
  readonly #warn: (message: string) => void;
  #opened: { readonly database: DatabaseSync; readonly session: number } | undefined;

  constructor(path: string = historyPath(), warn: (message: string) => void = warnOnStderr) {
    this.#path = path;
    this.#warn = warn;
  }

  /** Number of this session, from 1 in a new file. */
  get session(): number {
    return this.#open().session;
  }

  /** Notes a cell when it begins. */
  add(line: number, source: string): void {
    const sql = 'INSERT OR REPLACE INTO cells (session, line, source) VALUES (?, ?, ?)';
    this.#write(sql, (session) => [session, line, source]);
  }

  /** Notes the text of a cell's value. */
  setOutput(line: number, output: string): void {
    const sql = 'UPDATE cells SET output = ? WHERE session = ? AND line = ?';
    this.#write(sql, (session) => [output.slice(0, outputLimit), session, line]);
  }

  /** The newest `n` cells of all sessions, oldest first. */
  tail(n: number): HistoryEntry[] {
    return this.#read(`SELECT ${columns} FROM cells ${newestFirst} LIMIT ?`, [n]).reverse();
  }

  /** Cells of one session, by their line. */
  range({ session = 0, start = 1, stop }: HistoryRange = {}): HistoryEntry[] {
    const number = session > 0 ? session : this.session + session;
    const [{ last }] = this.#rows('SELECT coalesce(max(line), 0) AS last FROM cells WHERE session = ?', [
      number,
    ]) as [{ last: number }];
    const fromEnd = (line: number) => (line < 0 ? last + 1 + line : line);
    const sql = `SELECT ${columns} FROM cells WHERE session = ? AND line >= ? AND line < ? ORDER BY line`;
    return this.#read(sql, [number, fromEnd(start), fromEnd(stop ?? last + 1)]);
  }

  /** Cells whose text fits a pattern, oldest first. */
  search({ pattern = '*', n = -1, unique = false }: HistorySearch = {}): HistoryEntry[] {
    const newest = `SELECT ${columns}, row_number() OVER (PARTITION BY source ${newestFirst}) AS age FROM cells`;
    const from = unique ? `(${newest} WHERE source GLOB ?) WHERE age = 1` : 'cells WHERE source GLOB ?';
    return this.#read(`SELECT ${columns} FROM ${from} ${newestFirst} LIMIT ?`, [pattern, n]).reverse();
  }

  /** Begins a new session, with lines from 1. */
  restart(): void {
    this.close();
  }

  close(): void {
    this.#opened?.database.close();
    this.#opened = undefined;
  }

  #read(sql: string, values: SQLInputValue[]): HistoryEntry[] {
    return this.#rows(sql, values) as unknown as HistoryEntry[];
  }

  #rows(sql: string, values: SQLInputValue[]): Record<string, unknown>[] {
    return this.#attempt(({ database }) => database.prepare(sql).all(...values)) ?? [];
  }

  #write(sql: string, values: (session: number) => SQLInputValue[]): void {
    this.#attempt(({ database, session }) => database.prepare(sql).run(...values(session)));
  }

  /** Goes on in memory when the file fails, be it full, locked, or no database. */
  #attempt<T>(work: (opened: { database: DatabaseSync; session: number }) => T): T | undefined {
    const opened = this.#open();
    try {
      return work(opened);
    } catch (error) {
      this.#fallBack(error as Error);
      return work(this.#open());
    }
  }

  #open(): { readonly database: DatabaseSync; readonly session: number } {
    if (this.#opened) return this.#opened;
    if (!this.#failed)
      try {
        this.#opened = open(this.#path);
        return this.#opened;
      } catch (error) {
        this.#fallBack(error as Error);
      }
    this.#opened ??= open(inMemory);
    return this.#opened;
  }

  #failed = false;

  #fallBack(error: Error): void {
    this.close();
    if (this.#failed) throw error;
    this.#failed = true;
    this.#warn(
      `The history of this kernel is not kept: '${this.#path}' must be an SQLite file that can be written, ` +
        `but ${error.message}. Mend or move it, or name another: EDGEBOOK_HISTORY=FILE`,
    );
  }
}

const inMemory = ':memory:';

function historyPath(): string {
  return process.env.EDGEBOOK_HISTORY || join(dataFolder(), 'history.sqlite');
}

function open(path: string): { database: DatabaseSync; session: number } {
  // Loaded here, synchronously: a kernel that runs no cell starts without it.
  const sqlite = process.getBuiltinModule('node:sqlite');
  if (path !== inMemory) mkdirSync(dirname(path), { recursive: true });
  const database = new sqlite.DatabaseSync(path, { timeout: busyTimeout });
  // With WAL a crash of the kernel loses nothing, and readers do not wait for writers.
  whenFree(() => database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;'));
  database.exec(schema);
  const insert = database.prepare('INSERT INTO sessions (start) VALUES (?)');
  const { lastInsertRowid } = insert.run(new Date().toISOString());
  return { database, session: Number(lastInsertRowid) };
}

/** SQLite waits for other processes by itself, but not where two of them make a file's write-ahead log at once. */
function whenFree(work: () => void): void {
  const deadline = performance.now() + busyTimeout;
  for (;;)
    try {
      work();
      return;
    } catch (error) {
      if ((Number((error as { errcode?: number }).errcode) & 0xff) !== busy || performance.now() > deadline)
        throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
}

/** SQLITE_BUSY, the low byte of its kinds. */
const busy = 5;

function warnOnStderr(message: string): void {
  process.stderr.write(`edgebook: ${message}\n`);
}
