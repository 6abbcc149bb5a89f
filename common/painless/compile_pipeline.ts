import { DetectionError } from '../detection_error';
import { averagePathLength } from '../isolation_forest';
import type { IsolationForest, SurpriseTable } from '../isolation_forest/forest/types';
import { UNSEEN } from '../log_features/category/category_encoding';
import { fieldKeys } from './field_keys';
import { featureCode, textTables, type EncodingState, type FeatureCode } from './feature_code';
import { layOutForest, type ForestTables } from './forest_tables';
import { NO_CONNECTIONS, READ_CONNECTIONS } from './read_connections.painless';
import { READ_VALUES } from './read_values.painless';
import { verdictTables } from './verdict_tables';
import { JUDGE, PLACE_VALUES, SURPRISE, walkForest } from './walk_forest.painless';
import type { ModelSnapshot } from '../model_snapshot';

/** Elasticsearch refuses longer scripts (`script.max_size_in_bytes`). */
const LARGEST_SCRIPT = 65_535;
/** Bytes of JSON. A pipeline is part of the cluster state, which every node holds and every change of it sends around. */
const LARGEST_DEFINITION = 1_048_576;

/** Remark on a log for which a whole processor failed. */
export const PIPELINE_FAILED = 'pipeline: failed';

export interface IngestPipeline {
  readonly description: string;
  readonly processors: readonly Record<string, unknown>[];
  readonly on_failure: readonly Record<string, unknown>[];
  readonly _meta: PipelineMeta;
}
export interface PipelineMeta {
  readonly managed_by: 'log-anomalies';
  readonly detector_id: string;
  readonly model_version: string;
  readonly threshold: number;
  /** Absent of version 0.1.0: each log carries `model.threshold` beside the version. */
  readonly notes_threshold?: true;
}

export interface CompileOptions {
  readonly detectorId: string;
  /** Stands in for the model's own threshold: an anomaly score. */
  readonly threshold?: number;
}

/** Endings of the names of the columns that `featureCode` knows, for each matrix column. */
function columnSuffixes(snapshot: ModelSnapshot, state: EncodingState): string[] {
  const { columnNames, featureOfColumn, featureNames } = snapshot.encoder;
  const kept = (snapshot.encoder.toJSON() as { features: { kept: number[] }[] }).features;
  const next = kept.map(() => 0);
  return columnNames.map((name, column) => {
    const feature = featureOfColumn[column];
    const { encoding } = state.features[feature];
    const index = kept[feature].kept[next[feature]++];
    if (encoding.kind === 'category' && encoding.one_hot && index <= encoding.columns) return `#${index}`;
    return name.slice(featureNames[feature].length);
  });
}

/**
 * Compiles a model into an ingest pipeline that gives the same scores and verdicts as `createModelScorer`: one Painless
 * script whose text depends only on the kinds of features and columns, with all that was learned in its parameters.
 *
 * The pipeline writes `anomaly.score`, `.confidence`, `.severity`, `.is_anomaly`, `model.version` and `model.threshold` onto each
 * log, and onto anomalous ones `anomaly.attribution`. `anomaly.unscored` lists the features that the score had to do without and
 * why; a log that could not be scored at all has nothing else. Whatever a log holds, it is never rejected.
 *
 * @throws DetectionError `refused` for what a pipeline cannot express, naming it and the other way
 */
export function compilePipeline(snapshot: ModelSnapshot, options: CompileOptions): IngestPipeline {
  const { detectorId, threshold = snapshot.threshold } = options;
  const { encoder, forest, detector } = snapshot;
  if (detector.unit === 'bucket') {
    throw new DetectionError(
      'refused',
      'unit is bucket, which an ingest pipeline cannot score, since it sees one log at a time. Score this detector as a job.',
    );
  }
  const state = encoder.toJSON() as EncodingState;
  const tables = layOutForest(forest, encoder.featureOfColumn);
  const suffixes = columnSuffixes(snapshot, state);
  const used = new Set([...tables.columns.map(({ column }) => column), ...(forest.surprise?.columns ?? [])]);
  const codes = state.features.map((feature, i) =>
    featureCode(
      feature,
      i,
      [...used].filter((column) => encoder.featureOfColumn[column] === i).map((column) => suffixes[column]),
      state.route_parameters,
    ),
  );
  const model = { snapshot, state, tables, codes, suffixes };
  const source = compacted(sourceOf(model));
  const script = {
    lang: 'painless',
    description: `Score with ${snapshot.version}`,
    source,
    params: parametersOf(model, threshold),
  };
  const pipeline: IngestPipeline = {
    description: `Scores logs for the detector ${JSON.stringify(detector.name)}. Made by log-anomalies; do not edit.`,
    processors: [{ script }],
    on_failure: [
      { remove: { field: 'anomaly', ignore_missing: true, ignore_failure: true } },
      { set: { field: 'anomaly.unscored', value: PIPELINE_FAILED, ignore_failure: true } },
    ],
    _meta: {
      managed_by: 'log-anomalies',
      detector_id: detectorId,
      model_version: snapshot.version,
      threshold,
      notes_threshold: true,
    },
  };
  checkSizes(source, pipeline);
  checkText(pipeline);
  return pipeline;
}

/** A text in quotes, or spaces around a sign; signs that could join with their neighbour (`- -1`) keep theirs. */
const TEXT_OR_SPACES = /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|[ \t]*([{}()[\];,=<>?:&|!*])[ \t]*/g;

/** A script is bounded in length: leaves out what only people need. No text in it spans lines, and comments have lines of their own. */
const compacted = (source: string): string =>
  source
    .replace(/^[ \t]+/gm, '')
    .replace(/^(\/\/.*)?\n/gm, '')
    .replace(TEXT_OR_SPACES, (whole, text: string | undefined, sign: string | undefined) =>
      text === undefined ? (sign ?? whole) : whole,
    )
    .replace(/([;{}(,])\n/g, '$1');

export const definitionBytes = (pipeline: IngestPipeline): number =>
  new TextEncoder().encode(JSON.stringify(pipeline)).length;

function checkSizes(source: string, pipeline: IngestPipeline): void {
  if (source.length > LARGEST_SCRIPT) {
    throw new DetectionError(
      'refused',
      `features: their script has ${source.length} characters, Elasticsearch allows ${LARGEST_SCRIPT}; use fewer features or score this detector as a job`,
    );
  }
  const bytes = definitionBytes(pipeline);
  if (bytes > LARGEST_DEFINITION) {
    throw new DetectionError(
      'refused',
      `The pipeline would have ${bytes} bytes, ${LARGEST_DEFINITION} are allowed; lower forest.tree_count or forest.subsample_size, or score this detector as a job`,
    );
  }
}

/** Names and fields come from people; half of a surrogate pair would break the cluster state. */
function checkText(part: unknown): void {
  if (typeof part === 'string') {
    if (/\p{Cs}/u.test(part)) {
      throw new DetectionError(
        'refused',
        `features: ${JSON.stringify(part.slice(0, 100))} is not valid Unicode (half of a surrogate pair); an ingest pipeline cannot hold it`,
      );
    }
  } else if (part !== null && typeof part === 'object') {
    for (const [key, value] of Object.entries(part)) {
      checkText(key);
      checkText(value);
    }
  }
}

/** Says whether a feature's statements or columns read its parameters, `p` with its index. */
const usesParameters = ({ read, columns }: FeatureCode, i: number): boolean =>
  new RegExp(`\\bp${i}\\b`).test([read, ...columns.values()].join('\n'));

/** A model with what the script is put together from. */
interface CompiledModel {
  readonly snapshot: ModelSnapshot;
  readonly state: EncodingState;
  readonly tables: ForestTables;
  /** In the order of the features. */
  readonly codes: readonly FeatureCode[];
  /** In the order of the columns. */
  readonly suffixes: readonly string[];
}

/** Painless that reads one feature. */
interface FeatureStatements {
  /** Run for each log. */
  readonly early: readonly string[];
  /** Run for anomalies alone. */
  readonly late: readonly string[];
  /** A condition: the value is one that training never held. */
  readonly unseen: string;
}

function statementsOf(model: CompiledModel, i: number): FeatureStatements {
  const { tables, codes, suffixes } = model;
  const { encoder, detector, forest } = model.snapshot;
  const code = codes[i];
  const read = [
    `v${i} = field(ctx, (List) paths.get(${i}));`,
    ...(/^(hour_of_day|day_of_week)$/.test(detector.features[i].type)
      ? [`if (v${i} == null) v${i} = field(ctx, (List) params.get('timestamp'));`]
      : []),
  ];
  const places = tables.columns.flatMap(({ column }, place) => {
    if (encoder.featureOfColumn[column] !== i) return [];
    const suffix = suffixes[column];
    const value =
      suffix === '.missing'
        ? `m${i} ? 1.0 : 0.0`
        : `m${i} ? ${code.missing === 'NaN' ? 'Double.NaN' : '0.0'} : ${code.columns.get(suffix)}`;
    return [
      `place(limits, (String) thresholds.get(${place}), ((Number) starts.get(${place})).intValue(), at(fills, ${place}), ${value});`,
    ];
  });
  const watched = entriesByColumn(forest.surprise).filter(
    ({ column }) => encoder.featureOfColumn[column] === i,
  );
  const surprisesOf = (isMissing: boolean): string[] =>
    watched.flatMap(({ column, from, to }) => {
      const suffix = suffixes[column];
      if ((suffix === '.missing') !== isMissing) return [];
      const value = isMissing ? `m${i} ? 1.0 : 0.0` : code.columns.get(suffix);
      return [`q${i} = largest(q${i}, surprise, ${from}, ${to}, ${value});`];
    });
  const present = surprisesOf(false);
  const surprises = [...surprisesOf(true), ...(present.length > 0 ? [`if (!m${i}) {`, ...present, '}'] : [])];
  // nothing looks at it: it is read only to be shown
  if (places.length === 0 && surprises.length === 0) {
    return { early: [`def v${i} = null;`], late: read, unseen: 'false' };
  }
  const early = [
    `def v${i};`,
    ...read,
    ...(usesParameters(code, i) ? [`Map p${i} = (Map) learned.get(${i});`] : []),
    code.read,
    `boolean m${i} = ${code.isMissing};`,
    `if (${code.isUnread ?? `m${i}`}) {`,
    `  if (unscored == null) unscored = new ArrayList();`,
    `  unscored.add((String) names.get(${i}) + ': ' + reasonOf(v${i}, ${code.isNumber}));`,
    `}`,
    ...places,
    ...surprises,
  ];
  const column = code.columns.get(UNSEEN);
  const unseen = code.unseen ?? (column === undefined ? undefined : `(${column}) == 1.0`);
  return { early, late: [], unseen: unseen === undefined ? 'false' : `!m${i} && (${unseen})` };
}

function sourceOf(model: CompiledModel): string {
  const { tables, codes } = model;
  const { encoder, forest } = model.snapshot;
  const functions = new Set([
    READ_VALUES,
    PLACE_VALUES,
    SURPRISE,
    ...codes.flatMap((code) => code.functions),
    JUDGE,
  ]);
  if (!functions.has(READ_CONNECTIONS)) functions.add(NO_CONNECTIONS);
  const parts = codes.map((_code, i) => statementsOf(model, i));
  const features = parts.map(({ early, ...rest }, i) => ({
    ...rest,
    early: [`double q${i} = 0;`, ...early],
  }));
  const expected = averagePathLength(forest.subsampleSize);
  const joined = joinedFeatures(forest.surprise, encoder.featureOfColumn);
  const main = `
Map anomaly = new HashMap();
try {
  int[] limits = new int[((Number) params.get('blocks')).intValue()];
  List paths = (List) params.get('paths');
  List names = (List) params.get('names');
  List thresholds = (List) params.get('thresholds');
  List starts = (List) params.get('starts');
  List fills = (List) params.get('fills');
  List learned = (List) params.get('learned');
  List surprise = (List) params.get('surprise');
  Map texts = (Map) params.get('texts');
  Map forest = (Map) params.get('forest');
  Map verdict = (Map) params.get('verdict');
  List unscored = null;
${features.flatMap(({ early }) => early).join('\n')}
${joined.flatMap(largestAlone).join('\n')}
  double sum = pathLengths((String) forest.get('nodes'), (String) forest.get('leaves'), (List) forest.get('lengths'), limits, ${tables.trees});
  double part = 1;
${dampShortSum(forest)}  double length = sum;
  double total = ${codes.map((_, i) => `q${i}`).join(' + ')};
  sum = sum / (1 + total);
  double score = ${expected === 0 ? '0.5' : `Math.exp(-(sum / ${forest.treeCount}.0) / ((Number) verdict.get('expected')).doubleValue() * 0.6931471805599453)`};
  double share = exceedance(score, verdict);
  double contamination = ((Number) verdict.get('contamination')).doubleValue();
  boolean isAnomaly = sum <= ((Number) verdict.get('anomaly_sum')).doubleValue();
  List severities = (List) verdict.get('severities');
  List severitySums = (List) verdict.get('severity_sums');
  int band = 0;
  while (band < severitySums.size() && sum > at(severitySums, band)) band++;
  anomaly.put('score', score);
  anomaly.put('confidence', isAnomaly ? 1 - share / (2 * contamination) : contamination / (2 * share));
  anomaly.put('severity', severities.get(band));
  anomaly.put('is_anomaly', isAnomaly);
  if (unscored != null) anomaly.put('unscored', unscored);
  if (isAnomaly) {
${features.flatMap(({ late }) => late).join('\n')}
    def[] values = new def[] {${codes.map((_, i) => `v${i}`).join(', ')}};
    double[] surprises = new double[] {${codes.map((_, i) => `q${i}`).join(', ')}};
    boolean[] unseen = new boolean[] {${features.map((feature) => feature.unseen).join(', ')}};
    anomaly.put('attribution', attribution(forest, limits, ${2 ** tables.depth}, (List) params.get('features'), values, surprises, length, part, unseen));
  }
} catch (Exception e) {
  anomaly.clear();
  anomaly.put('unscored', 'pipeline: ' + e.getMessage());
}
for (String key : (List) params.get('own')) ctx.remove(key);
def before = ctx.get('anomaly');
if (before instanceof Map) {
  for (def entry : ((Map) before).entrySet()) {
    if (!((List) params.get('own_parts')).contains(entry.getKey())) anomaly.put(entry.getKey(), entry.getValue());
  }
} else if (before != null) anomaly.put('original', before);
ctx.put('anomaly', anomaly);
Map model = new HashMap();
def modelBefore = ctx.get('model');
if (modelBefore instanceof Map) model.putAll((Map) modelBefore);
else if (modelBefore != null) model.put('original', modelBefore);
model.put('version', params.get('version'));
model.put('threshold', params.get('threshold'));
ctx.put('model', model);
`;
  return [...functions].join('') + walkForest(tables.depth) + main;
}

/** Painless of `dampedSum`, which has two numbers, and of the part of the splits that counts; nothing where short paths count in full. */
function dampShortSum({ damping, treeCount }: IsolationForest): string {
  if (damping === undefined) return '';
  return `  double limit = at((List) forest.get('damping'), 0);
  if (sum < limit) {
    double counted = limit - (limit - sum) * at((List) forest.get('damping'), 1);
    double left = ((Number) verdict.get('expected')).doubleValue() * ${treeCount} - sum;
    if (left > 0) part = Math.max(0.0, 1 - (counted - sum) / left);
    sum = counted;
  }
`;
}

/** Features of which only the largest surprise counts, see `learnSurprise`. */
function joinedFeatures(table: SurpriseTable | undefined, featureOfColumn: readonly number[]): number[][] {
  const joined = new Map<number, Set<number>>();
  table?.columns.forEach((column, entry) => {
    const group = table.features[entry];
    joined.set(group, (joined.get(group) ?? new Set()).add(featureOfColumn[column]));
  });
  return [...joined.values()].filter(({ size }) => size > 1).map((features) => [...features]);
}

/** Painless that leaves the first of the largest surprises, and takes the others for 0. */
function largestAlone(features: readonly number[], place: number): string[] {
  const largest = features.map((i) => `q${i}`).reduce((one, other) => `Math.max(${one}, ${other})`);
  return [
    `double g${place} = ${largest};`,
    `boolean h${place} = false;`,
    ...features.map((i) => `if (q${i} == g${place} && !h${place}) h${place} = true; else q${i} = 0;`),
  ];
}

/** As `beyond` reads them: six numbers a column. */
/** The entries of each column of a table of surprise, which lie side by side: from the first up to that before `to`. */
function entriesByColumn(table: SurpriseTable | undefined): { column: number; from: number; to: number }[] {
  const ranges: { column: number; from: number; to: number }[] = [];
  table?.columns.forEach((column, entry) => {
    const last = ranges.at(-1);
    if (last?.column === column) last.to = entry + 1;
    else ranges.push({ column, from: entry, to: entry + 1 });
  });
  return ranges;
}

const surpriseNumbers = (table: SurpriseTable | undefined): number[] =>
  table === undefined
    ? []
    : [...table.columns.keys()].flatMap((i) =>
        [table.low, table.lowScale, table.high, table.highScale, table.jump, table.growth].map(
          (part) => part[i],
        ),
      );

/** The features of a model were learned together, so that they look for signs of attacks in one way. */
function textsOf({ features }: EncodingState): { texts?: Record<string, unknown> } {
  for (const { encoding } of features) {
    if (encoding.kind === 'text' || encoding.kind === 'attack_signs') {
      return { texts: textTables(encoding.signs) };
    }
  }
  return {};
}

function parametersOf(
  { snapshot, state, tables, codes }: CompiledModel,
  threshold: number,
): Record<string, unknown> {
  const { encoder, forest, quantiles, version } = snapshot;
  const verdict = verdictTables({ forest, quantiles }, threshold, Math.max(...tables.lengths));
  const columnsOf = (i: number): number => encoder.featureOfColumn.filter((feature) => feature === i).length;
  const parts = ['score', 'confidence', 'severity', 'is_anomaly', 'unscored', 'attribution'];
  return {
    version,
    threshold,
    names: encoder.featureNames,
    paths: state.features.map(({ definition }) => fieldKeys(definition.field)),
    timestamp: fieldKeys(state.timestamp_field),
    learned: codes.map(({ parameters }) => parameters),
    ...textsOf(state),
    blocks: tables.blocks,
    thresholds: tables.columns.map(({ thresholds }) => thresholds),
    starts: tables.columns.map(({ start }) => start),
    fills: tables.columns.map(({ fill }) => fill),
    surprise: surpriseNumbers(forest.surprise),
    forest: {
      nodes: tables.nodes,
      leaves: tables.leaves,
      lengths: tables.lengths,
      rows: tables.rows,
      leaf_rows: tables.leafRows,
      features: tables.featureOfBlock,
      ...(forest.damping && { damping: [forest.damping.below * forest.treeCount, forest.damping.share] }),
      even: state.features.map((_, i) => columnsOf(i) / forest.columnCount),
    },
    verdict: {
      expected: averagePathLength(forest.subsampleSize),
      anomaly_sum: verdict.anomalySum,
      severities: verdict.severities,
      severity_sums: verdict.severitySums,
      scores: verdict.scores,
      logs: verdict.logExceedances,
      tail: verdict.tail,
      contamination: verdict.contamination,
    },
    features: encoder.explain({}).map(({ feature, field, typical }, i) => {
      const trainedOn = codes[i].trainedOn;
      return { feature, field, typical, ...(trainedOn !== undefined && { trained_on: trainedOn }) };
    }),
    own: [...parts.map((part) => `anomaly.${part}`), 'model.version', 'model.threshold'],
    own_parts: parts,
  };
}
