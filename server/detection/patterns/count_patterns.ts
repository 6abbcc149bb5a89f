import { DetectionError } from '../../../common/detection_error';
import { durationToMilliseconds, type Detector, type PatternSettings } from '../../../common/detector';
import { DAY } from '../../../common/duration';
import { compileField, type FieldReader } from '../../../common/log_features/fields/field_access';
import {
  masksOf,
  type MessageReadingSettings,
} from '../../../common/log_features/template/template_encoding';
import type { MessageKeys } from '../../../common/log_features/template/token_key';
import {
  generalise,
  judgeBucket,
  localTimeIn,
  mergePatterns,
  partsWithoutName,
  PatternCatalogue,
  PatternCounts,
  patternIdOf,
  patternsToForget,
  profileInZone,
  type Arrivals,
  type CataloguedPattern,
  type CountsState,
  type PatternFinding,
  type PatternModel,
  type Silence,
} from '../../../common/patterns';
import type { LogPage } from '../ports';
import type {
  BucketCounts,
  Closing,
  CountingRun,
  FoundChange,
  PatternProgress,
  PatternStore,
  RunPatterns,
  JudgedProgress,
  TellChanges,
} from '../ports/patterns';
import { binned, mappedCounts, withSilence } from './bucket_counts';
import { followPeople, wishesOf } from './follow_people';
import { begunAt, digestOfCounted, learnedAnew } from './what_is_counted';
import { entityReaderOf, placedTime, scalarIn } from '../scoring/log_values';

/** Code units of a message that are looked at, where no template feature says otherwise. */
const LONGEST_MESSAGE = 2_048;
const LEVEL_FIELD = 'log.level';
/** Counts from which they are stored before their buckets are over. */
export const MOST_CELLS = 20_000;
/** Buckets that a run judges at most: older ones of a detector that catches up are counted and not judged. */
const JUDGED_BACK = 7 * DAY;

/** Matches messages of a detector; kept between runs in one process, since reading all patterns takes a while. */
export class CatalogueCache {
  private known: { readonly version: string; readonly catalogue: PatternCatalogue } | undefined;

  public async get(version: string, make: () => Promise<PatternCatalogue>): Promise<PatternCatalogue> {
    if (this.known?.version !== version) this.known = { version, catalogue: await make() };
    return this.known.catalogue;
  }
}

export interface PatternCounterOptions {
  readonly store: PatternStore;
  readonly detector: Detector;
  /** Tokens of the templates that the model knows of the field: patterns of a detector that has none yet. */
  readonly templates: () => readonly (readonly string[])[];
  /** Keys of messages that the model reads anyway; undefined where it reads none in that way. */
  readonly keys?: (wanted: MessageReadingSettings) => MessageKeys | undefined;
  readonly now: () => number;
  readonly cache?: CatalogueCache;
  /** True for logs of the past, which are read in the order of their time: all of their buckets are judged. */
  readonly isPast?: boolean;
  /** Called with one sentence where patterns may not be stored: logs are scored all the same. */
  readonly warn: (message: string) => void;
}

/** @returns undefined for a detector that counts no patterns */
export const patternsOfRun = (options: PatternCounterOptions): PatternCounter | undefined =>
  options.detector.patterns === undefined
    ? undefined
    : new PatternCounter(options, options.detector.patterns);

/** Those who are told of changes have failed, not the store of patterns. */
class TellingFailed extends Error {
  constructor(public override readonly cause: unknown) {
    super('Changes of patterns could not be told.');
  }
}

interface LoadedPatterns {
  readonly patterns: PatternModel[];
  /** By the ids of parts that a pattern has no room to name, the pattern: their counts were read before they became its own. */
  readonly unnamed: ReadonlyMap<string, string>;
}

interface State extends Omit<PatternProgress, 'open'> {
  readonly open: PatternCounts;
}

/**
 * Counts patterns as a run reads logs. What was counted is part of the checkpoint, so it moves with the place that the run
 * has reached: a run that is repeated counts from there. Counts of buckets that are over are sealed in the checkpoint first,
 * then stored under a number of their own, and each document remembers the last number that was added to it: storing them
 * again adds nothing.
 */
export class PatternCounter implements RunPatterns {
  public readonly fields: readonly string[];
  public readonly span: number;
  private readonly cache: CatalogueCache;
  private readonly masks: PatternSettings['masks'];
  private readonly maxLength: number;
  private readonly keys: MessageKeys | undefined;
  private readonly messageOf: FieldReader;
  private readonly levelOf = compileField(LEVEL_FIELD);
  private readonly entityOf: ReturnType<typeof entityReaderOf>;
  private state: State | undefined;
  private mayWrite = true;

  constructor(
    private readonly options: PatternCounterOptions,
    private readonly settings: PatternSettings,
  ) {
    this.fields = [settings.field, LEVEL_FIELD];
    this.span = durationToMilliseconds(settings.span);
    this.cache = options.cache ?? new CatalogueCache();
    const { detector, keys } = options;
    const feature = detector.features.find(
      ({ type, field }) => type === 'template' && field === settings.field,
    );
    this.masks = settings.masks ?? feature?.masks;
    this.maxLength = feature?.max_length ?? LONGEST_MESSAGE;
    this.keys = keys?.({ masks: this.masks, maxLength: this.maxLength });
    this.messageOf = compileField(settings.field);
    this.entityOf = entityReaderOf(detector);
  }

  public resume(progress: unknown, from: number): void {
    const stored = (progress as PatternProgress | undefined) ?? this.begin(from);
    const { open, ...rest } = stored;
    this.state = { ...this.resumed(rest, from), open: new PatternCounts(open) };
  }

  /** Returns the progress of who has counted nothing so far. */
  public begin(from: number): PatternProgress {
    const { maxLength, masks, span } = this;
    const since = Math.floor(from / span) * span;
    return {
      sequence: this.options.now(),
      since,
      judgedTo: since,
      open: { seen: [], cells: [] },
      arrivals: [],
      silences: [],
      catalogue: 0,
      counted: digestOfCounted(this.options.detector, { masks, maxLength }),
    };
  }

  /** Goes on from what another one has judged; what lies before the place of its own was told already. */
  public goOn(from: JudgedProgress, liveFrom: number): void {
    const { open, ...state } = this.current();
    const toldTo = Math.max(state.toldTo ?? -Infinity, state.judgedTo);
    const { arrivals, counted, judgedTo, silences, since, span } = from;
    const next = { ...state, arrivals, counted, judgedTo, silences, since, span, toldTo, hasPast: true };
    this.state = { ...this.resumed(next, liveFrom), open };
    this.renewCatalogue();
  }

  private resumed(stored: Omit<State, 'open'>, from: number): Omit<State, 'open'> {
    const { maxLength, masks } = this;
    const counted = digestOfCounted(this.options.detector, { masks, maxLength });
    // Versions that did not note it read messages with masks of their own otherwise.
    const hasMasks = masks !== undefined && masks.length > 0;
    const isSame = stored.counted === undefined ? !hasMasks : stored.counted === counted;
    const rest = isSame ? stored : this.begunAnew(stored, from);
    return { ...rest, ...this.withSpan(rest), counted };
  }

  /** Counts that are not stored yet are kept; the bucket in which both were counted is not judged. */
  private begunAnew(stored: Omit<State, 'open'>, from: number): Omit<State, 'open'> {
    const since = Math.max(stored.judgedTo, Math.ceil(from / this.span) * this.span);
    return { ...stored, since, judgedTo: since, arrivals: [], silences: [], isToBeLearnedAnew: true };
  }

  /** Nothing is known of the bucket before where the span is another one: its logs are those of more time, or of less. */
  private withSpan({
    span = this.span,
    judgedTo,
    silences,
  }: Pick<PatternProgress, 'span' | 'judgedTo' | 'silences'>): Pick<PatternProgress, 'span' | 'silences'> {
    if (span === this.span) return { span, silences };
    const end = Math.ceil(judgedTo / this.span) * this.span;
    return { span: this.span, silences: withSilence(silences, { from: judgedTo - span, to: end }) };
  }

  public async count(page: LogPage, run: CountingRun): Promise<void> {
    await this.ifAllowed(() => this.add(page, run));
  }

  /** @param rows those to count; default: all of the page */
  public async add(page: LogPage, run: CountingRun, rows?: readonly number[]): Promise<void> {
    const state = this.current();
    const { placed } = run;
    const catalogue = await this.catalogueOf(state);
    const count = rows?.length ?? page.logs.length;
    for (let place = 0; place < count; place++) {
      const row = rows?.[place] ?? place;
      const { document } = page.logs[row];
      const message = scalarIn(this.messageOf(document));
      if (typeof message !== 'string') continue;
      const pattern = catalogue.find(message, this.keys);
      if (pattern === undefined) continue;
      const time = this.timeOf(page, run, row);
      state.open.add(pattern, {
        message,
        time,
        bucket: Math.floor(time / this.span) * this.span,
        entity: placed === undefined ? this.entityOf(document) : placed.entities[row],
        levelOf: () => {
          const level = scalarIn(this.levelOf(document));
          return typeof level === 'string' ? level : undefined;
        },
      });
    }
  }

  /** Epoch milliseconds. */
  public timeOf(page: LogPage, run: CountingRun, row: number): number {
    const { timestamp_field: field } = this.options.detector.source;
    return run.placed?.times[row] ?? placedTime(page.logs[row].document, field, run).time;
  }

  public progress(): PatternProgress | undefined {
    return this.state && { ...this.state, open: this.state.open.packed() };
  }

  public judgedTo(): number | undefined {
    return this.mayWrite ? this.state?.judgedTo : undefined;
  }

  /** @param mayJudge asked before buckets that are over are judged; default: they are */
  public async finish(
    reached: number | undefined,
    commit: () => Promise<void>,
    tell: TellChanges,
    mayJudge: () => Promise<boolean> = async () => true,
  ): Promise<void> {
    await this.ifAllowed(async () => {
      const state = this.current();
      const over = reached === undefined ? -Infinity : Math.floor(reached / this.span) * this.span;
      const isDue = over > state.judgedTo;
      if (!isDue && state.open.cellCount < MOST_CELLS && state.sealed === undefined) return;
      await this.storeCounts(commit);
      if (isDue && (await mayJudge())) await this.judgeUpTo(over, { commit, tell });
      await commit();
    });
  }

  /** Stores what was counted so far. */
  public async storeCounts(commit: () => Promise<void>): Promise<void> {
    await this.storeSealed(this.current());
    await this.seal(commit);
    await this.storeSealed(this.current());
  }

  public current(): State {
    if (this.state === undefined) throw new Error('Patterns are counted before they are resumed.');
    return this.state;
  }

  /** Replaces parts of what the checkpoint holds. */
  public note(change: Partial<Omit<State, 'open'>>): void {
    this.state = { ...this.current(), ...change };
  }

  private async seal(commit: () => Promise<void>): Promise<void> {
    const { open, ...state } = this.current();
    if (open.cellCount === 0) return;
    this.state = {
      ...state,
      sequence: Math.max(state.sequence + 1, this.options.now()),
      sealed: open.toJSON(),
      hasUnjudged: true,
      open: new PatternCounts(),
    };
    await commit();
  }

  /** Stores what an earlier run, or this one, has sealed. */
  private async storeSealed(state: State): Promise<void> {
    const { sealed, ...rest } = state;
    if (sealed === undefined) return;
    const { store, detector } = this.options;
    const add = (counts: CountsState): Promise<readonly string[]> =>
      (this.options.isPast === true ? store.addPast : store.add)(
        ...([counts, state.sequence, state.since, detector.time_zone] as const),
      );
    const gone = new Set(await add(sealed));
    if (gone.size > 0) await add(await this.withTokens(sealed, gone, state));
    const hasNew = gone.size > 0 || sealed.seen.some(([, { tokens }]) => tokens !== undefined);
    this.state = { ...rest, ...(hasNew && { catalogue: state.sequence }) };
  }

  /** Patterns that were deleted since messages were matched with them, as new ones: their counts are stored. */
  private async withTokens(
    { seen }: CountsState,
    gone: ReadonlySet<string>,
    state: State,
  ): Promise<CountsState> {
    const catalogue = await this.catalogueOf(state);
    const again = seen.flatMap(([id, of]): CountsState['seen'] => {
      const tokens = gone.has(id) ? catalogue.tokensOf(id) : undefined;
      return tokens === undefined ? [] : [[id, { ...of, tokens }]];
    });
    return { seen: again, cells: [] };
  }

  private catalogueOf({ catalogue: version, since }: State): Promise<PatternCatalogue> {
    const { options, settings, masks, maxLength } = this;
    const key = JSON.stringify([version, since, settings.field, masks]);
    return this.cache.get(key, async () => {
      const stored = await options.store.tokens();
      const seeds = options
        .templates()
        .map((tokens): CataloguedPattern => ({ id: patternIdOf(tokens), tokens, isKnown: false }));
      const patterns = stored.length > 0 ? stored.map((each) => ({ ...each, isKnown: true })) : seeds;
      return new PatternCatalogue(patterns, masksOf(masks), maxLength);
    });
  }

  /** Judges buckets up to one that is over; of those that are judged again, after a backfill, as many as of a detector that catches up. */
  public async judgeUpTo(over: number, closing: Closing): Promise<void> {
    const { judgedTo, toldTo = -Infinity } = this.current();
    if (this.options.isPast !== true && judgedTo >= toldTo) return this.judgeBuckets(over, closing);
    const bucketOf = (time: number): number => Math.floor(time / this.span) * this.span;
    const most = Math.max(bucketOf(judgedTo) + this.span, bucketOf(judgedTo + JUDGED_BACK));
    await this.judgeBuckets(Math.min(over, most), closing);
  }

  private async judgeBuckets(over: number, { commit, tell }: Closing): Promise<void> {
    const { store, detector } = this.options;
    const state = this.current();
    const from = Math.floor(Math.max(state.judgedTo, over - JUDGED_BACK) / this.span) * this.span;
    const counts = binned(await store.counts({ from, to: over }), this.span);
    // Without a log there is nothing to judge.
    const { patterns, unnamed } =
      counts.size > 0 ? await this.loadPatterns(counts, commit) : { patterns: [], unnamed: new Map() };
    for (const pattern of patterns) pattern.profile = profileInZone(pattern.profile, detector.time_zone);
    const local = localTimeIn(detector.time_zone);
    let { arrivals, silences }: { arrivals: Arrivals; silences: readonly Silence[] } = state;
    if (from > state.judgedTo)
      silences = withSilence(silences, { from: state.judgedTo, to: from, isUncounted: true });
    const touched = new Set<string>();
    const findings: PatternFinding[] = [];
    for (let time = from; time < over; time += this.span) {
      const of = mappedCounts(counts.get(time), patterns, unnamed);
      if (of === undefined) {
        silences = withSilence(silences, { from: time, to: time + this.span });
        continue;
      }
      const verdict = judgeBucket({
        patterns,
        time,
        span: this.span,
        counts: of,
        since: state.since,
        arrivals,
        silences,
        local,
        falseAlarmsPerDay: detector.patterns?.false_alarms_per_day ?? 1,
      });
      ({ arrivals } = verdict);
      findings.push(...verdict.findings);
      for (const id of verdict.touched) touched.add(id);
    }
    const byId = new Map(patterns.map((pattern) => [pattern.id, pattern]));
    // A run that dies in between judges the same buckets again, since the patterns do not know of them yet.
    const news = findings.filter(({ time }) => time >= (state.toldTo ?? -Infinity));
    if (news.length > 0 && this.settings.results !== false) {
      const changes = await this.changesOf(news, byId);
      await tell(changes).catch((error: unknown) => {
        throw new TellingFailed(error);
      });
    }
    await store.save(
      patterns.filter(({ id }) => touched.has(id)),
      findings,
      byId,
    );
    const { hasUnjudged: _judged, isToBeLearnedAnew, ...rest } = this.current();
    this.state = {
      ...rest,
      judgedTo: over,
      arrivals,
      silences,
      // They are read where there are logs.
      ...(isToBeLearnedAnew === true && counts.size === 0 && { isToBeLearnedAnew }),
    };
  }

  private async changesOf(
    findings: readonly PatternFinding[],
    patterns: ReadonlyMap<string, PatternModel>,
  ): Promise<FoundChange[]> {
    const { store, detector } = this.options;
    const { field } = this.settings;
    const search = await store.searchOf({ index: detector.source.index, field });
    return findings.flatMap((finding) => {
      const pattern = patterns.get(finding.patternId);
      return pattern === undefined ? [] : [{ finding, pattern, span: this.span, field, search }];
    });
  }

  /** Reads all patterns; those that differ in values only become one, and beyond the bound those with the fewest logs are forgotten. */
  private async loadPatterns(counts: BucketCounts, commit: () => Promise<void>): Promise<LoadedPatterns> {
    const { store } = this.options;
    const unnamed = new Map<string, string>();
    let patterns = await store.load();
    let isChanged = await this.followPeople(patterns, commit);
    if (isChanged) patterns = await store.load();
    const { isToBeLearnedAnew = false, since } = this.current();
    if (isToBeLearnedAnew) {
      await store.put(learnedAnew(patterns, since));
      patterns = await store.load();
    }
    if (this.current().hasPast === true) patterns = patterns.map((pattern) => this.begun(pattern));
    const byId = new Map(patterns.map((pattern) => [pattern.id, pattern]));
    const found = generalise(
      patterns.map(({ id, tokens, profile }) => ({ id, tokens, logs: sumOf(profile.hours) })),
    );
    for (const { tokens, members } of found) {
      const models = members.map((id) => byId.get(id)!);
      const general = byId.get(patternIdOf(tokens));
      const parts = general === undefined ? models : [general, ...models];
      const merged = mergePatterns(tokens, parts);
      const gone = models.filter(({ id }) => id !== merged.id);
      const beyond = partsWithoutName(merged, parts);
      await store.merge(merged, gone, beyond);
      for (const id of beyond) unnamed.set(id, merged.id);
      for (const { id } of gone) byId.delete(id);
      byId.set(merged.id, merged);
      isChanged = true;
    }
    patterns = [...byId.values()];
    const forgotten = new Set(patternsToForget(patterns, counts));
    if (forgotten.size > 0) {
      await store.remove([...forgotten].map(({ id }) => id));
      patterns = patterns.filter((pattern) => !forgotten.has(pattern));
      isChanged = true;
    }
    if (isChanged) this.renewCatalogue();
    return { patterns, unnamed };
  }

  /** A pattern that was never judged begins with its first log, whoever has counted that. */
  private begun(pattern: PatternModel): PatternModel {
    if (pattern.judged !== undefined) return pattern;
    return begunAt(pattern, { since: this.current().since, zone: this.options.detector.time_zone });
  }

  /** Carries out what people want. @returns true where that was anything */
  private async followPeople(
    patterns: readonly PatternModel[],
    commit: () => Promise<void>,
  ): Promise<boolean> {
    const { store } = this.options;
    const wishes = await wishesOf(store, patterns);
    if (wishes === undefined) return false;
    // Should the run die in between, nobody matches messages with patterns that are no more.
    this.renewCatalogue();
    await commit();
    await followPeople(store, wishes, patterns, this.current().judgedTo);
    return true;
  }

  private renewCatalogue(): void {
    const { sequence, ...rest } = this.current();
    const next = Math.max(sequence + 1, this.options.now());
    this.state = { ...rest, sequence: next, catalogue: next };
  }

  /** Does what takes the right to store patterns; does nothing from the first refusal on. */
  public async ifAllowed(work: () => Promise<void>): Promise<void> {
    if (!this.mayWrite) return;
    try {
      await work();
    } catch (error) {
      // That results cannot be written fails the run, as it does for those of logs.
      if (error instanceof TellingFailed) throw error.cause;
      if (!(error instanceof DetectionError) || error.code !== 'forbidden') throw error;
      this.mayWrite = false;
      this.options.warn(`Patterns are not counted. ${error.message}`);
    }
  }
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
