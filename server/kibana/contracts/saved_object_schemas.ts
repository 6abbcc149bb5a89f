import { API_KEY_TYPE, DETECTOR_TYPE, KEY_RECORD_TYPE } from './identifiers';
import type { SavedObjectType } from './saved_object_contracts';
import type { SchemaLibrary } from './schema_library';
import type { ApiKeyAttributes, DetectorAttributes, KeyRecordAttributes } from './saved_object_types';

type Attributes<Of> = { readonly [Name in keyof Required<Of>]: unknown };

function attributesOf(schema: SchemaLibrary): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const text = schema.string();
  const maybeText = schema.maybe(text);
  const textOrNothing = schema.maybe(schema.oneOf([text, schema.literal(null)]));
  const detector: Attributes<DetectorAttributes> = {
    name: text,
    // Our own schema reads it, with the defaults of the version that runs.
    detector: schema.object({}, { unknowns: 'allow' }),
    enabled: schema.boolean(),
    api_key_object: textOrNothing,
    owner: textOrNothing,
    model_reads: schema.maybe(schema.arrayOf(text)),
    created_at: text,
    created_by: textOrNothing,
    updated_at: text,
    updated_by: textOrNothing,
  };
  const apiKey: Attributes<ApiKeyAttributes> = {
    api_key_id: text,
    api_key: text,
    detector_name: text,
    detector_id: maybeText,
    space: maybeText,
    steering_hash: maybeText,
    owner: maybeText,
    owner_realm: maybeText,
    granted_at: maybeText,
    expires_at: maybeText,
  };
  const keyRecord: Attributes<KeyRecordAttributes> = { api_key_id: text, granted_at: text };
  return { [DETECTOR_TYPE]: detector, [API_KEY_TYPE]: apiKey, [KEY_RECORD_TYPE]: keyRecord };
}

/**
 * Adds the schemas of its attributes to a type's newest model version: what is created must fit exactly, and of an object that a
 * later version wrote, what this version does not know is left out. Objects of 0.1.0, which had no schemas, fit both.
 *
 * @throws Error for a type whose attributes are not declared here
 */
export function withSchemas(schema: SchemaLibrary, type: SavedObjectType): SavedObjectType {
  const attributes = attributesOf(schema)[type.name];
  if (attributes === undefined) throw new Error(`No schema is declared for saved objects of ${type.name}.`);
  const newest = Math.max(...Object.keys(type.modelVersions).map(Number));
  return {
    ...type,
    modelVersions: {
      ...type.modelVersions,
      [newest]: {
        ...type.modelVersions[newest],
        schemas: {
          create: schema.object(attributes),
          forwardCompatibility: schema.object(attributes, { unknowns: 'ignore' }),
        },
      },
    },
  };
}
