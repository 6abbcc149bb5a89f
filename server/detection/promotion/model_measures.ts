import type { CandidateGate, ModelMeasures } from '../../../common/api/gate';
import { columnOf, featureDrift, isComparable } from '../../../common/drift';
import type { Matrix } from '../../../common/isolation_forest';
import type { LogDocument } from '../../../common/log_document';
import type { FeatureEncoder } from '../../../common/log_features';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { exceedance, learnQuantiles, scoreAtExceedance, shareAskedFor } from '../../../common/threshold';
import { scoreDriftOf } from './limit_checks';
import type { PlantedAnomaly } from './planted_anomalies';
import { rankCorrelation } from './rank_correlation';
import { startingThreshold } from './starting_threshold';
import { scoreInPieces } from '../scoring/score_in_pieces';

/** With so many times the alerts that are asked for, a candidate must still place an anomaly that the active model finds. */
const LENIENCY = 2;
const LARGEST_SHARE = 0.5;
/** Share of the logs that may be called anomalous where the settings ask for none. */
const USUAL_SHARE = 0.05;

/** Models and logs for the comparison of a candidate with the active model. */
export interface GateMaterial {
  readonly candidate: ModelSnapshot;
  /** Absent: there is none yet. */
  readonly active?: ModelSnapshot;
  /** Anomaly scores in force; default: those that the models start with. */
  readonly thresholds?: { readonly candidate?: number; readonly active?: number };
  /** A uniform sample of recent logs. */
  readonly recent: readonly LogDocument[];
  /** The time that they come from, epoch milliseconds, half-open. */
  readonly window: { readonly from: number; readonly to: number };
  readonly logsPerDay: number;
  /** Truth about each of `recent`: true for an anomaly; undefined where it is unknown. */
  readonly truths?: readonly (boolean | undefined)[];
  /** Logs that people have judged, anomalous or not. */
  readonly judged?: { readonly documents: readonly LogDocument[]; readonly truths: readonly boolean[] };
  readonly planted: readonly PlantedAnomaly[];
  /** Population stability index from which the active model no longer fits the logs. */
  readonly staleFrom: number;
  /** Milliseconds, for the cost; default: of the machine. */
  readonly now?: () => number;
}

/** Measurements of the gate; the verdict depends on nothing else. */
export interface GateEvidence extends Pick<
  CandidateGate,
  'logs' | 'logs_per_day' | 'asked_share' | 'candidate' | 'active' | 'agreement' | 'planted'
> {
  /** Logs that each calls anomalous and that are not known to be. */
  readonly falseAlarms: { readonly candidate: number; readonly active: number };
  /** True when the logs have drifted from the training sample of the active model. */
  readonly isActiveStale: boolean;
  /** Anomalies that the active model finds, and those of them that the candidate loses even with twice the alerts. */
  readonly planted_lost: { readonly found: number; readonly lost: number };
  readonly known_lost: { readonly found: number; readonly lost: number };
  /** Features that differ among these logs and that the active model sees, and the candidate does not: all alike in its training. */
  readonly blind_features: readonly string[];
  readonly kinds_lost: readonly { readonly kind: string; readonly found: number; readonly lost: number }[];
}

/** Scores the same logs with candidate and active model. Pauses in between, so that the thread stays answering. */
export async function measureCandidate(material: GateMaterial): Promise<GateEvidence> {
  const { recent, logsPerDay, thresholds = {} } = material;
  const candidate = await measure(material, material.candidate, thresholds.candidate);
  const active = material.active && (await measure(material, material.active, thresholds.active));
  const asked = askedShare(material);
  const isActiveStale = active !== undefined && active.measures.score_drift >= material.staleFrom;
  const found = active && foundBy(active, candidate, asked, isActiveStale);
  const kinds = [...new Set(material.planted.map(({ kind }) => kind))];
  const ofKind = (kind: string): number[] =>
    material.planted.flatMap((planted, place) => (planted.kind === kind ? [place] : []));
  const all = [...material.planted.keys()];
  const knownRows = [...candidate.known.keys()];
  return {
    logs: recent.length,
    logs_per_day: logsPerDay,
    asked_share: asked,
    candidate: candidate.measures,
    ...(active && {
      active: active.measures,
      agreement: {
        rank: rankCorrelation(candidate.recent, active.recent),
        flagged_by_both: sharedFlags(candidate, active),
      },
    }),
    planted: kinds.map((kind) => {
      const places = ofKind(kind);
      return {
        kind,
        logs: places.length,
        found_by_candidate: countFound(candidate, places),
        ...(active && { found_by_active: countFound(active, places) }),
      };
    }),
    falseAlarms: { candidate: candidate.falseAlarms, active: active?.falseAlarms ?? 0 },
    isActiveStale,
    planted_lost: lostOf(all, found?.planted),
    blind_features: active === undefined ? [] : active.seen.filter((name) => !candidate.has.includes(name)),
    known_lost: lostOf(knownRows, found?.known),
    kinds_lost: kinds.map((kind) => ({ kind, ...lostOf(ofKind(kind), found?.planted) })),
  };
}

interface Measured {
  readonly measures: ModelMeasures;
  readonly threshold: number;
  readonly recent: Float64Array;
  readonly planted: Float64Array;
  readonly known: Float64Array;
  readonly falseAlarms: number;
  /** Names of features that have columns, and of those that differ among the recent logs. */
  readonly has: readonly string[];
  readonly seen: readonly string[];
}

async function measure(
  material: GateMaterial,
  snapshot: ModelSnapshot,
  threshold = startingThreshold(snapshot),
): Promise<Measured> {
  const { recent, truths = [], judged, planted, window, logsPerDay, now } = material;
  const labelled = recent.filter((_document, row) => truths[row] === true);
  const known = [...labelled, ...(judged?.documents.filter((_document, row) => judged.truths[row]) ?? [])];
  const all = [...recent, ...known, ...planted.map(({ document }) => document)];
  const { scores, matrix, milliseconds } = await scoreInPieces(snapshot, all, { now });
  const recentScores = scores.subarray(0, recent.length);
  const knownScores = scores.subarray(recent.length, recent.length + known.length);
  const plantedScores = scores.subarray(recent.length + known.length);
  const isFlagged = (score: number): boolean => score >= threshold;
  const alerts = recentScores.filter(isFlagged).length;
  const falseAlarms = recentScores.filter((score, row) => isFlagged(score) && truths[row] !== true).length;
  const perDay = recent.length === 0 ? 0 : logsPerDay / recent.length;
  const { reference, encoder, detector } = snapshot;
  const comparable = new Set(
    encoder.featureNames.filter((_name, feature) =>
      isComparable(detector.features[feature].type, window.to - window.from),
    ),
  );
  const recentMatrix = { ...matrix, rowCount: recent.length };
  const moved =
    reference &&
    featureDrift(reference, encoder, recentMatrix).find(({ feature }) => comparable.has(feature));
  return {
    threshold,
    recent: recentScores,
    planted: plantedScores,
    known: knownScores,
    falseAlarms,
    has: encoder.featureOfColumn.map((feature) => encoder.featureNames[feature]),
    seen: varyingFeatures(encoder, recentMatrix),
    measures: {
      rows: snapshot.training.rows,
      threshold,
      alert_share: recent.length === 0 ? 0 : alerts / recent.length,
      alerts_per_day: alerts * perDay,
      false_alarms_per_day: falseAlarms * perDay,
      score_drift: recent.length === 0 ? 0 : scoreDriftOf(snapshot, recentScores),
      feature_drift: moved ?? null,
      known: { logs: known.length, found: knownScores.filter(isFlagged).length },
      labelled: {
        logs: labelled.length,
        found: knownScores.subarray(0, labelled.length).filter(isFlagged).length,
      },
      planted: { logs: planted.length, found: plantedScores.filter(isFlagged).length },
      microseconds_per_log: microsecondsPerLog(milliseconds, all.length),
    },
  };
}

function varyingFeatures({ featureOfColumn, featureNames }: FeatureEncoder, matrix: Matrix): string[] {
  const names = featureOfColumn.flatMap((feature, column) => {
    const values = columnOf(matrix, column);
    return values.some((value) => !Object.is(value, values[0])) ? [featureNames[feature]] : [];
  });
  return [...new Set(names)];
}

/** By the middle one of the pieces: the first is slower, and the machine may do other things. */
function microsecondsPerLog(pieces: readonly number[], logs: number): number {
  if (pieces.length === 0) return 0;
  const sorted = [...pieces].sort((left, right) => left - right);
  return (sorted[Math.floor((sorted.length - 1) / 2)] * 1_000) / Math.ceil(logs / pieces.length);
}

function askedShare({ candidate, active, logsPerDay, recent }: GateMaterial): number {
  const { threshold } = candidate.detector;
  switch (threshold.method) {
    case 'contamination':
      return shareAskedFor(candidate.quantiles, candidate.threshold, threshold.contamination);
    case 'adaptive':
      return Math.min(
        LARGEST_SHARE,
        threshold.alerts_per_day / Math.max(1, logsPerDay, recent.length === 0 ? 0 : 1),
      );
    case 'fixed':
      return Math.min(USUAL_SHARE, exceedance((active ?? candidate).quantiles, threshold.score));
  }
}

/**
 * Counts anomalies that the active model finds, and those of them that the candidate would find with twice the alerts asked
 * for: where each of two equal models draws its line is chance. An active model that no longer fits the logs flags a lot,
 * and so finds much by the way: it is held to the alerts that are asked for.
 */
function foundBy(active: Measured, candidate: Measured, asked: number, isStale: boolean) {
  const lenient = Math.min(candidate.threshold, scoreReachedBy(candidate.recent, LENIENCY * asked));
  const standard = isStale
    ? Math.max(active.threshold, scoreReachedBy(active.recent, asked))
    : active.threshold;
  const both = (part: 'planted' | 'known') => ({
    isFound: (place: number): boolean => active[part][place] >= standard,
    isKept: (place: number): boolean => candidate[part][place] >= lenient,
  });
  return { planted: both('planted'), known: both('known') };
}

const scoreReachedBy = (scores: Float64Array, share: number): number =>
  scores.length === 0 ? 1 : scoreAtExceedance(learnQuantiles(scores), Math.min(LARGEST_SHARE, share));

function lostOf(
  places: readonly number[],
  found: { isFound(place: number): boolean; isKept(place: number): boolean } | undefined,
): { found: number; lost: number } {
  if (found === undefined) return { found: 0, lost: 0 };
  const byActive = places.filter((place) => found.isFound(place));
  return { found: byActive.length, lost: byActive.filter((place) => !found.isKept(place)).length };
}

const countFound = ({ planted, threshold }: Measured, places: readonly number[]): number =>
  places.filter((place) => planted[place] >= threshold).length;

function sharedFlags(one: Measured, other: Measured): number {
  let [both, either] = [0, 0];
  one.recent.forEach((score, row) => {
    const flags = [score >= one.threshold, other.recent[row] >= other.threshold];
    if (flags[0] && flags[1]) both++;
    if (flags[0] || flags[1]) either++;
  });
  return either === 0 ? 1 : both / either;
}
