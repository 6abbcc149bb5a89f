import type { LogDocument } from '../../log_document';
import { LogFeatureEncoder } from './feature_encoder';
import type { MessageReadingSettings, MessageTemplate } from '../template/template_encoding';
import type { MessageKeys } from '../template/token_key';
import type { FeatureEncoder } from '../columns/types';

/** Tokens of the templates that a model has learned of a field; see `LogFeatureEncoder.templateTokensOf`. */
export const templateTokensOf = (encoder: FeatureEncoder, field: string): (readonly string[])[] =>
  encoder instanceof LogFeatureEncoder ? encoder.templateTokensOf(field) : [];

/** Keys of messages that a model has read lately; see `LogFeatureEncoder.messageKeysOf`. */
export const messageKeysOf = (
  encoder: FeatureEncoder,
  field: string,
  wanted: MessageReadingSettings,
): MessageKeys | undefined =>
  encoder instanceof LogFeatureEncoder ? encoder.messageKeysOf(field, wanted) : undefined;

/**
 * The log template of a document for each feature of type template, for results; messages unlike any in training have
 * none.
 */
export function templatesOf(
  encoder: FeatureEncoder,
  document: LogDocument,
): (MessageTemplate & { readonly feature: string })[] {
  return encoder instanceof LogFeatureEncoder ? encoder.templatesOf(document) : [];
}
