import { PLUGIN_ID } from '../../../common/plugin';

/**
 * The page that Kibana leads to from a rule ("View in app", and `rule.url` of its actions): the detector that the rule is about, or the
 * overview where it is about several.
 *
 * @returns a path after base path and space
 */
export function ruleLink({
  rule: { params },
}: {
  /** Kibana asks with a part of the rule where a list shows a part. */
  readonly rule: { readonly params?: { readonly detector_ids?: readonly string[] } };
}): string {
  const [only, ...others] = params?.detector_ids ?? [];
  return only === undefined || others.length > 0
    ? `/app/${PLUGIN_ID}`
    : `/app/${PLUGIN_ID}/detectors/${encodeURIComponent(only)}`;
}
