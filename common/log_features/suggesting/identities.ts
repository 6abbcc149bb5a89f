import { nameParts } from './number_kinds';

/** Last parts of names of what identifies somebody or something. */
const IDENTITY = /(^|_)(id|ids|uid|uuid|guid|arn|urn|principal|fingerprint)$/;
/** An address of IPv4 or IPv6, with a port or without. */
const ADDRESS = /^(\[?[\da-f]{0,4}(:[\da-f]{0,4}){2,7}(\.\d+){0,3}\]?|\d{1,3}(\.\d{1,3}){3})(:\d{1,5})?$/i;
/** Share of the values that have to be addresses, beside names of machines. */
const ADDRESS_SHARE = 0.5;

/**
 * Returns true for what identifies somebody or something, by the name of the field, or addresses, by their form: how long they are and of which
 * characters says nothing.
 */
export function areIdentities(field: string, texts: readonly string[]): boolean {
  if (IDENTITY.test(nameParts(field))) return true;
  const addresses = texts.filter((text) => text.split(/[,\s]+/).every((part) => ADDRESS.test(part)));
  return addresses.length >= ADDRESS_SHARE * texts.length;
}
