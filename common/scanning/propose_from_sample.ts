import { guessedTypes, proposeBucket, type BucketProposal } from '../buckets/propose_bucket';
import { finishSteps } from '../finish_steps';
import type { LogDocument } from '../log_document';
import { findLabelFields, suggestingSteps, type LabelField } from '../log_features';
import { logFieldsOf, type LogField, type MappedTypes } from '../log_features/fields/log_fields';
import { withMappedUnits, type FieldsWithMeta } from '../log_features/suggesting/mapped_units';
import type { FeatureSuggestion } from '../log_features/suggesting/suggest_features';
import { ENTITIES_OF_KIND, logKindOf, type LogKind } from './log_kinds';

/** Logs that a proposal is made from, at most: enough to see what a field holds, and looked at in some milliseconds. */
export const PROPOSAL_SAMPLE = 500;

const ENTITY_SHARE = 0.5;

/** Features, grouping and buckets that suit a sample of logs, the same for a scan, the form and the command line. */
export interface SampleProposal extends BucketProposal {
  /** Undefined for documents that are no logs. */
  readonly kind: LogKind | undefined;
  /** Fields of the sample as they are mapped. */
  readonly fields: readonly LogField[];
  readonly suggestions: readonly FeatureSuggestion[];
  /** Fields that seem to say which logs are anomalous; never among the suggestions. */
  readonly labels: readonly LabelField[];
}

export interface ProposalSample {
  readonly index: string;
  readonly timestampField: string;
  /** Of more than {@link PROPOSAL_SAMPLE} as many are looked at, spread over all of them. */
  readonly documents: readonly LogDocument[];
  /** As the indices map the fields of the sample; guessed from the values where it is absent, as for logs of a file. */
  readonly types?: Readonly<Record<string, MappedTypes | undefined>> & FieldsWithMeta;
  /** Suggestions at most, see `suggestFeatures`. */
  readonly limit?: number;
}

/** Returns what to look at in logs like those of a sample, and what to group them by. */
export const proposeFromSample = (sample: ProposalSample): SampleProposal =>
  finishSteps(proposingSteps(sample));

/** The same in steps of some milliseconds, for a thread that others wait for. */
export function* proposingSteps(sample: ProposalSample): Generator<undefined, SampleProposal> {
  const { index, timestampField, types, limit } = sample;
  const documents = spread(sample.documents);
  const fields = logFieldsOf(
    documents,
    types === undefined ? guessedTypes(documents) : (field) => types[field],
  );
  yield undefined;
  const found = yield* suggestingSteps(documents, { timestampField, limit });
  return {
    kind: logKindOf(index, documents, fields),
    fields,
    suggestions: withMappedUnits(found, types ?? {}),
    labels: findLabelFields(documents),
    ...proposeBucket(fields, proposeEntity(index, documents, fields)),
  };
}

/** Returns the field that results of these logs are best grouped by. */
export function proposeEntity(
  index: string,
  documents: readonly LogDocument[],
  fields: readonly LogField[],
): string | undefined {
  const kind = logKindOf(index, documents, fields);
  return (kind && entityOf(kind, fields)) ?? proposeBucket(fields).entity_field;
}

/** The entity of the kind, where most logs have one. */
function entityOf(kind: LogKind, fields: readonly LogField[]): string | undefined {
  for (const name of ENTITIES_OF_KIND[kind] ?? []) {
    const found = fields.find(
      ({ field, kind: of, share }) =>
        (field === name || field === `${name}.keyword`) && of === 'value' && share >= ENTITY_SHARE,
    );
    if (found !== undefined) return found.field;
  }
  return undefined;
}

/** Returns as many documents as a proposal is made from; those of a file stand in the order of their time. */
function spread(documents: readonly LogDocument[]): readonly LogDocument[] {
  if (documents.length <= PROPOSAL_SAMPLE) return documents;
  return Array.from(
    { length: PROPOSAL_SAMPLE },
    (_none, place) => documents[Math.floor((place * documents.length) / PROPOSAL_SAMPLE)],
  );
}
