import type { LogDocument } from '../../log_document';

/**
 * Formats with a name, in the order of preference when several read a line. `vhost_combined` is Apache's combined format
 * behind `host:port`; it comes first because `combined` would take the port for part of a client's name. `application` reads
 * most lines that begin with a time, so it comes last.
 */
export const NAMED_FORMATS = [
  'json',
  'vhost_combined',
  'combined',
  'common',
  'elb',
  'envoy',
  'syslog_5424',
  'auditd',
  'postgresql',
  'apache_error',
  'nginx_error',
  'klog',
  'cri',
  'logcat',
  'windows_cbs',
  'syslog',
  'logfmt',
  'w3c',
  'zeek',
  'csv',
  'tsv',
  'application',
] as const;
export type NamedFormat = (typeof NAMED_FORMATS)[number];

/** A name, or a pattern in the notation of nginx's `log_format`, e.g. `$remote_addr [$time_local] "$request" $status`. */
export type LogFormat = NamedFormat | { readonly pattern: string };

/** Reason why a line is not a log. `line` counts from 1; `excerpt` is short and free of control characters. */
export interface ParseFailure {
  readonly line: number;
  readonly error: string;
  readonly excerpt: string;
}

export type ParseOutcome =
  | { readonly document: LogDocument; readonly failure?: undefined; readonly isTooLong?: undefined }
  | {
      readonly failure: ParseFailure;
      /** The record goes beyond LONGEST_LINE. */
      readonly isTooLong?: true;
      readonly document?: undefined;
    };

/** Longer lines, in UTF-16 code units, are refused without being looked at. */
export const LONGEST_LINE = 1_048_576;
/** Text taken over into a document is cut here, in UTF-16 code units; `log.flags` then says `truncated`. */
export const LONGEST_TEXT = 32_768;
