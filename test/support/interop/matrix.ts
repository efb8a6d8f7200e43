/** What a cell of the matrix says. `cannot`: the client does not do it, or the registry does not, with the reason. */
export type Cell =
  | { readonly kind: 'pass'; readonly note?: string }
  | { readonly kind: 'cannot'; readonly reason: string }
  | { readonly kind: 'fail'; readonly reason: string };

export interface MatrixRow {
  readonly id: string;
  readonly title: string;
  /** What was done and compared. */
  readonly text: string;
}

export interface MatrixEntry {
  readonly row: string;
  readonly client: string;
  readonly registry: string;
  readonly cell: Cell;
}

/** Cells as the tests find them. */
export class Matrix {
  readonly entries: MatrixEntry[] = [];

  /** Runs a cell. What it returns is its note; what it throws fails the test, and the cell. */
  async fill(place: Omit<MatrixEntry, 'cell'>, run: () => Promise<string | undefined>): Promise<void> {
    try {
      const note = await run();
      this.entries.push({ ...place, cell: { kind: 'pass', ...(note !== undefined && { note }) } });
    } catch (error) {
      this.entries.push({ ...place, cell: { kind: 'fail', reason: String(error).split('\n')[0] ?? '' } });
      throw error;
    }
  }

  leaveOut(place: Omit<MatrixEntry, 'cell'>, reason: string): void {
    this.entries.push({ ...place, cell: { kind: 'cannot', reason } });
  }

  cellAt(row: string, client: string, registry: string): Cell | undefined {
    return this.entries.find((entry) => entry.row === row && entry.client === client && entry.registry === registry)
      ?.cell;
  }
}
