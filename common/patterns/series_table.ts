import { PATTERN_LIMITS, type Series, type SeriesByEntity } from './pattern';

/** Columns of a table. */
const [SINCE, WEIGHTED, AT, LAST_SEEN, EXCESS, SQUARES, WIDTH] = [0, 1, 2, 3, 4, 5, 6];
/** Columns of single precision; what is absent is not a number. */
const [LONGEST_GAP, LAST_COUNT, TOGETHER, WIDTH_OF_SINGLES] = [0, 1, 2, 3];
/** Rows of a table beside those of entities: all, and the others. */
const MORE_ROWS = 2;
/** A table that is full grows by this part of it. */
const GROWTH = 0.25;

/** Of a series whose state has changed at some time, which are few. */
type Changes = Pick<Series, 'state' | 'stateSince' | 'calm' | 'toldGap' | 'peaks' | 'runs'>;

const unchanged = (since: number): Changes => ({
  ...{ state: 'usual', stateSince: since, calm: 0 },
  ...{ toldGap: 0, peaks: [] },
});

const changesOf = ({ state, stateSince, calm, toldGap, peaks, runs }: Series): Changes => ({
  ...{ state, stateSince, calm, toldGap },
  peaks: [...peaks],
  ...(runs !== undefined && { runs }),
});

const areChanges = ({ since, state, stateSince, calm, toldGap, peaks, runs }: Series): boolean =>
  state !== 'usual' ||
  stateSince !== since ||
  calm !== 0 ||
  toldGap !== 0 ||
  peaks.length > 0 ||
  runs !== undefined;

/**
 * Statistics of many entities as rows of numbers: a fraction of the room that an object of each takes. What it gives for an entity reads
 * and writes its row, and is made anew each time; {@link copyOfSeries} makes a copy.
 */
export class SeriesTable implements SeriesByEntity {
  private readonly names: string[] = [];
  private numbers = new Float64Array(WIDTH);
  private singles = new Float32Array(WIDTH_OF_SINGLES);
  private changes: Map<number, Changes> | undefined;

  constructor(entries: Iterable<readonly [entity: string, series: Series]> = []) {
    for (const [entity, series] of entries) this.set(entity, series);
  }

  public get size(): number {
    return this.names.length;
  }

  public has(entity: string): boolean {
    return this.names.includes(entity);
  }

  public get(entity: string): Series | undefined {
    const row = this.names.indexOf(entity);
    return row < 0 ? undefined : new SeriesRow(this, row);
  }

  public set(entity: string, series: Series): this {
    const known = this.names.indexOf(entity);
    const row = known < 0 ? this.add(entity) : known;
    const {
      since,
      weighted,
      at,
      lastSeen,
      lastCount = NaN,
      excess,
      squares,
      together = NaN,
      longestGap,
    } = series;
    this.numbers.set([since, weighted, at, lastSeen, excess, squares], row * WIDTH);
    this.singles.set([longestGap, lastCount, together], row * WIDTH_OF_SINGLES);
    this.changes?.delete(row);
    if (areChanges(series)) this.setChanges(row, changesOf(series));
    return this;
  }

  public keys(): Iterable<string> {
    return this.names;
  }

  public *values(): Generator<Series> {
    for (let row = 0; row < this.names.length; row++) yield new SeriesRow(this, row);
  }

  public *[Symbol.iterator](): Generator<[entity: string, series: Series]> {
    for (let row = 0; row < this.names.length; row++) yield [this.names[row], new SeriesRow(this, row)];
  }

  public number(row: number, column: number): number {
    return this.numbers[row * WIDTH + column];
  }

  public setNumber(row: number, column: number, value: number): void {
    this.numbers[row * WIDTH + column] = value;
  }

  public single(row: number, column: number): number {
    return this.singles[row * WIDTH_OF_SINGLES + column];
  }

  public setSingle(row: number, column: number, value: number): void {
    this.singles[row * WIDTH_OF_SINGLES + column] = value;
  }

  public changesOf(row: number): Changes {
    return this.changes?.get(row) ?? unchanged(this.number(row, SINCE));
  }

  public setChanges(row: number, part: Partial<Changes>): void {
    (this.changes ??= new Map()).set(row, { ...this.changesOf(row), ...part });
  }

  /** @returns the row */
  private add(entity: string): number {
    const row = this.names.length;
    if ((row + 1) * WIDTH > this.numbers.length) {
      const most = Math.max(row + 1, PATTERN_LIMITS.entities + MORE_ROWS);
      const rows = Math.min(most, row + 1 + Math.ceil(GROWTH * row));
      const numbers = new Float64Array(WIDTH * rows);
      numbers.set(this.numbers);
      this.numbers = numbers;
      const singles = new Float32Array(WIDTH_OF_SINGLES * rows);
      singles.set(this.singles);
      this.singles = singles;
    }
    return this.names.push(entity) - 1;
  }
}

const presentNumber = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);

/** A row of a table. */
class SeriesRow implements Series {
  constructor(
    private readonly table: SeriesTable,
    private readonly row: number,
  ) {}

  get since(): number {
    return this.table.number(this.row, SINCE);
  }

  get weighted(): number {
    return this.table.number(this.row, WEIGHTED);
  }
  set weighted(value: number) {
    this.table.setNumber(this.row, WEIGHTED, value);
  }

  get at(): number {
    return this.table.number(this.row, AT);
  }
  set at(value: number) {
    this.table.setNumber(this.row, AT, value);
  }

  get lastSeen(): number {
    return this.table.number(this.row, LAST_SEEN);
  }
  set lastSeen(value: number) {
    this.table.setNumber(this.row, LAST_SEEN, value);
  }

  get excess(): number {
    return this.table.number(this.row, EXCESS);
  }
  set excess(value: number) {
    this.table.setNumber(this.row, EXCESS, value);
  }

  get squares(): number {
    return this.table.number(this.row, SQUARES);
  }
  set squares(value: number) {
    this.table.setNumber(this.row, SQUARES, value);
  }

  get lastCount(): number | undefined {
    return presentNumber(this.table.single(this.row, LAST_COUNT));
  }
  set lastCount(value: number | undefined) {
    this.table.setSingle(this.row, LAST_COUNT, value ?? NaN);
  }

  get together(): number | undefined {
    return presentNumber(this.table.single(this.row, TOGETHER));
  }
  set together(value: number | undefined) {
    this.table.setSingle(this.row, TOGETHER, value ?? NaN);
  }

  get longestGap(): number {
    return this.table.single(this.row, LONGEST_GAP);
  }
  set longestGap(value: number) {
    this.table.setSingle(this.row, LONGEST_GAP, value);
  }

  get toldGap(): number {
    return this.table.changesOf(this.row).toldGap;
  }
  set toldGap(toldGap: number) {
    this.table.setChanges(this.row, { toldGap });
  }

  get peaks(): Series['peaks'] {
    return this.table.changesOf(this.row).peaks;
  }
  set peaks(peaks: Series['peaks']) {
    this.table.setChanges(this.row, { peaks });
  }

  get runs(): Series['runs'] {
    return this.table.changesOf(this.row).runs;
  }
  set runs(runs: Series['runs']) {
    this.table.setChanges(this.row, { runs });
  }

  get state(): Series['state'] {
    return this.table.changesOf(this.row).state;
  }
  set state(state: Series['state']) {
    this.table.setChanges(this.row, { state });
  }

  get stateSince(): number {
    return this.table.changesOf(this.row).stateSince;
  }
  set stateSince(stateSince: number) {
    this.table.setChanges(this.row, { stateSince });
  }

  get calm(): number {
    return this.table.changesOf(this.row).calm;
  }
  set calm(calm: number) {
    this.table.setChanges(this.row, { calm });
  }
}

/** A copy that stays as it is, whatever holds the series. */
export const copyOfSeries = (series: Series): Series => {
  const { since, weighted, at, lastSeen, lastCount, excess, squares, together, longestGap } = series;
  return {
    ...{ since, weighted, at, lastSeen, excess, squares, longestGap },
    ...(lastCount !== undefined && { lastCount }),
    ...(together !== undefined && { together }),
    ...changesOf(series),
  };
};
