import type { LogDocument } from '../log_document';
import type { DemoDocument } from './demo_document';
import type { Random } from './random';

/** Kinds of malformed logs found in practice. `@timestamp` and the labels always stay right. */
export const DEFECTS = [
  'field_missing',
  'object_missing',
  'number_as_text',
  'not_a_number',
  'null',
  'array',
  'nested_object',
  'negative',
  'huge_number',
  'dotted_keys',
  'not_ascii',
  'long_text',
] as const;
export type Defect = (typeof DEFECTS)[number];

/** Characters of a `long_text`. */
const LONG_TEXT = 65_536;

/** @returns a dirty copy; the document given is not changed */
export function withDefect(document: DemoDocument, defect: Defect, random: Random): LogDocument {
  const number = random.pick(['response_time', 'status_code', 'request_size', 'hour_of_day'] as const);
  const value = document[number];
  const { [number]: _removed, ...withoutNumber } = document;
  const withResponse = (response: unknown): LogDocument => ({
    ...document,
    http: { ...document.http, response },
  });
  switch (defect) {
    case 'field_missing':
      return withoutNumber;
    case 'object_missing': {
      const { http: _http, ...rest } = document;
      return rest;
    }
    case 'number_as_text':
      return { ...document, [number]: String(value) };
    case 'not_a_number':
      return { ...document, [number]: random.pick(['n/a', 'NaN', '', '-']) };
    case 'null':
      return { ...document, [number]: null, url: null };
    case 'array':
      return {
        ...document,
        [number]: [value, value],
        user_agent: { original: [document.user_agent.original] },
      };
    case 'nested_object':
      return { ...withResponse({ status_code: { value: document.status_code } }), [number]: { value } };
    case 'negative':
      return { ...document, [number]: -value - 1 };
    case 'huge_number':
      return { ...document, [number]: 1e300 };
    case 'dotted_keys': {
      const { http, ...rest } = document;
      return {
        ...rest,
        'http.request.method': http.request.method,
        'http.request.bytes': http.request.bytes,
        'http.response.status_code': http.response.status_code,
        'http.response.body.bytes': http.response.body.bytes,
      };
    }
    case 'not_ascii':
      return { ...document, message: `${document.message} \u0000\u202e\ud800 日本語 ✓ ü` };
    case 'long_text':
      return { ...document, message: document.message.padEnd(LONG_TEXT, ' lorem') };
  }
}
