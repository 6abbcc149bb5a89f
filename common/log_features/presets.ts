import { featureSchema, type FeatureDefinition } from '../detector';
import type { LogDocument } from '../log_document';
import { compileField } from './field_access';
import type { z } from 'zod';

/** Features for a common kind of log. */
export interface FeaturePreset {
  /** `snake_case`, for the command line and files. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly definitions: readonly FeatureDefinition[];
}

const define = (
  name: string,
  title: string,
  description: string,
  definitions: readonly z.input<typeof featureSchema>[],
): FeaturePreset => ({
  name,
  title,
  description,
  definitions: definitions.map((definition) => featureSchema.parse(definition)),
});

/** Presets, the most specific first. */
export const PRESETS: readonly FeaturePreset[] = [
  define(
    'web_access',
    'Web access logs',
    'nginx, Apache and other web servers with ECS field names: what was asked for, by whom, how it was answered.',
    // The weights let attacks, slow and failing requests all rank high on real and generated web logs.
    [
      { type: 'text', field: 'url.original', weight: 6 },
      { type: 'category', field: 'http.response.status_code', weight: 1, encoding: 'rarity' },
      { type: 'number', field: 'http.response.body.bytes', weight: 0.5 },
      { type: 'category', field: 'http.request.method', weight: 0.25, encoding: 'rarity' },
      { type: 'category', field: 'user_agent.original', weight: 0.1, encoding: 'rarity' },
      { type: 'number', field: 'event.duration', weight: 2.5 },
      { type: 'category', field: 'log.level', weight: 0.1, encoding: 'rarity' },
      { type: 'hour_of_day', field: '@timestamp', weight: 0.1, name: 'hour_of_day' },
    ],
  ),
  define(
    'web_simple',
    'Web requests with plain names',
    'Logs with the fields response_time, status_code, request_size, method, path and message.',
    [
      { type: 'number', field: 'response_time' },
      { type: 'category', field: 'status_code', encoding: 'rarity' },
      { type: 'number', field: 'request_size' },
      { type: 'hour_of_day', field: 'hour_of_day' },
      { type: 'category', field: 'method', encoding: 'rarity' },
      { type: 'text', field: 'path' },
      { type: 'template', field: 'message' },
    ],
  ),
  define(
    'application',
    'Application logs',
    'Services with ECS field names: level, logger and service, the template of the message, duration and error.',
    [
      { type: 'category', field: 'log.level' },
      { type: 'category', field: 'log.logger' },
      { type: 'category', field: 'service.name' },
      { type: 'template', field: 'message' },
      { type: 'number', field: 'event.duration' },
      { type: 'category', field: 'error.type' },
      { type: 'hour_of_day', field: '@timestamp', name: 'hour_of_day' },
    ],
  ),
];

/** Other names that the same thing goes by, tried where the preset's own field is absent. */
const ALTERNATIVES: Readonly<Record<string, readonly string[]>> = {
  'url.original': ['url.path', 'http.request.url', 'request', 'path'],
  'http.response.status_code': ['status_code', 'status', 'response'],
  'http.response.body.bytes': ['http.response.bytes', 'bytes', 'body_bytes_sent'],
  'http.request.method': ['method', 'verb'],
  'user_agent.original': ['agent', 'user_agent', 'http_user_agent'],
  'event.duration': [
    'http.response.time',
    'http.response_time',
    'response_time',
    'duration_ms',
    'request_time',
  ],
  response_time: ['duration', 'duration_ms', 'latency'],
  request_size: ['bytes', 'size'],
  path: ['url', 'uri'],
  'log.level': ['level', 'severity'],
  'log.logger': ['logger', 'logger_name'],
  'service.name': ['service', 'app'],
  'error.type': ['exception', 'error.code'],
  message: ['msg', 'log', 'event.original'],
};

/** Documents of a sample that are looked at. */
const SAMPLE_SIZE = 1_000;
/** Share of documents from which a field counts as present. */
const PRESENT_SHARE = 0.01;
/** Timestamps are everywhere and say nothing about the kind of log. */
const isTelling = (definition: FeatureDefinition): boolean =>
  definition.type !== 'hour_of_day' || definition.field !== '@timestamp';

function coverage(documents: readonly LogDocument[], field: string): number {
  const read = compileField(field);
  const present = documents.filter((document) => {
    const value = read(document);
    return value !== undefined && value !== null && value !== '' && value !== '-';
  });
  return documents.length === 0 ? 0 : present.length / documents.length;
}

/**
 * The preset that fits a sample best: most of its telling fields are there, under their own or an alternative name.
 * Fields that the sample lacks are left out of its definitions.
 *
 * @returns undefined when no preset has at least two telling fields in the sample; see `suggestFeatures` then
 */
export function presetFor(documents: readonly LogDocument[]): FeaturePreset | undefined {
  const sample = documents.slice(0, SAMPLE_SIZE);
  let best: { preset: FeaturePreset; own: number; found: number } | undefined;
  for (const preset of PRESETS) {
    let own = 0;
    let found = 0;
    const taken = new Set<string>();
    const definitions = preset.definitions.flatMap((definition): FeatureDefinition[] => {
      const names = [definition.field, ...(ALTERNATIVES[definition.field] ?? [])];
      const field = names.find((name) => !taken.has(name) && coverage(sample, name) >= PRESENT_SHARE);
      if (field === undefined) return [];
      taken.add(field);
      if (isTelling(definition)) {
        found++;
        if (field === definition.field) own++;
      }
      return [{ ...definition, field }];
    });
    if (found < 2) continue;
    const better = best === undefined || own > best.own || (own === best.own && found > best.found);
    if (better) best = { preset: { ...preset, definitions }, own, found };
  }
  return best?.preset;
}
