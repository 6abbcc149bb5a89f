import type { LogDocument } from '../log_document';
import { cutText, isIpAddress } from './parts/text_values';

/** Fields of ECS under the keys of an extension ("ArcSight Common Event Format", as Elastic's processor `decode_cef` maps them). */
const FIELDS: Readonly<Record<string, string>> = {
  src: 'source.ip',
  spt: 'source.port',
  suser: 'source.user.name',
  shost: 'source.domain',
  dst: 'destination.ip',
  dpt: 'destination.port',
  duser: 'destination.user.name',
  dhost: 'destination.domain',
  act: 'event.action',
  outcome: 'event.outcome',
  proto: 'network.transport',
  app: 'network.protocol',
  in: 'source.bytes',
  out: 'destination.bytes',
  request: 'url.original',
  requestMethod: 'http.request.method',
  fname: 'file.name',
};
const NUMBERS = /\.(?:port|bytes)$/;
/** Version, vendor, product, version of it, id, name, severity; a backslash escapes a pipe. */
const HEAD = /^CEF:\d{1,3}\|((?:[^|\\]|\\.){0,2000}\|){6}/;
const MOST_KEYS = 300;

/**
 * Reads the header and the extension of an event in the common event format, `CEF:0|vendor|product|1.0|100|denied|5|src=192.0.2.7`.
 *
 * @returns nothing for other messages
 */
export function eventOfCef(message: string): LogDocument {
  const head = HEAD.exec(message)?.[0];
  if (head === undefined) return {};
  const [, vendor, product, , code, name, severity] = head.split(/(?<!\\)\|/);
  const fields: Record<string, unknown> = {
    'observer.vendor': vendor,
    'observer.product': product,
    'event.code': code,
    'cef.name': name,
    ...(/^\d{1,2}$/.test(severity) ? { 'event.severity': Number(severity) } : { 'cef.severity': severity }),
  };
  const extension = message.slice(head.length, 32_768);
  const keys = [...extension.matchAll(/(?:^|\s)([A-Za-z0-9_.]{1,64})=/g)].slice(0, MOST_KEYS);
  keys.forEach((match, place) => {
    const from = match.index + match[0].length;
    const value = extension
      .slice(from, keys[place + 1]?.index)
      .trim()
      .replace(/\\([=\\])/g, '$1');
    const key = match[1];
    if (value === '' || key === '__proto__') return;
    const field = FIELDS[key] ?? `cef.extensions.${key}`;
    if (field.endsWith('.ip') && !isIpAddress(value)) fields[`cef.extensions.${key}`] = cutText(value);
    else if (NUMBERS.test(field)) {
      if (/^\d{1,15}$/.test(value)) fields[field] = Number(value);
    } else fields[field] = cutText(field === 'network.transport' ? value.toLowerCase() : value, 8_191);
  });
  return fields;
}
