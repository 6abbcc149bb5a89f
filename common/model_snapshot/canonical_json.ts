import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';
import { DetectionError } from '../detection_error';

/** Deeper than any part of a model, far less deep than the call stack. */
const LARGEST_DEPTH = 64;

function sortKeys(value: unknown, depth: number): unknown {
  if (depth > LARGEST_DEPTH) {
    throw new DetectionError('refused', `JSON is nested more than ${LARGEST_DEPTH} levels deep`);
  }
  if (Array.isArray(value)) return value.map((item) => sortKeys(item, depth + 1));
  if (value === null || typeof value !== 'object') return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(
    keys.map((key) => [key, sortKeys((value as Record<string, unknown>)[key], depth + 1)]),
  );
}

/**
 * SHA-256 of a JSON value, the same however its keys are ordered and its text is spaced.
 *
 * @returns 64 hexadecimal digits
 * @throws DetectionError `refused` for a value nested too deeply
 */
export const hashOfJson = (value: unknown): string =>
  bytesToHex(sha256(utf8ToBytes(JSON.stringify(sortKeys(value, 0)))));
