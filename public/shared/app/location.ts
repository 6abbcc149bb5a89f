/** Place of the user: the path below the application, and the query of its address. */
export interface Location {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

export type Place =
  | { page: 'overview' }
  | { page: 'create' }
  | { page: 'scan' }
  | { page: 'calendar' }
  | { page: 'edit'; id: string }
  | { page: 'detector'; id: string; tab: DetectorTab }
  | { page: 'result'; id: string }
  | { page: 'incident'; id: string }
  | { page: 'unknown' };

export const DETECTOR_TABS = [
  'anomalies',
  'patterns',
  'feedback',
  'what_if',
  'models',
  'jobs',
  'settings',
] as const;
export type DetectorTab = (typeof DETECTOR_TABS)[number];

export function readLocation(pathname: string, search: string): Location {
  return {
    path: `/${pathname.split('/').filter(Boolean).join('/')}`,
    query: Object.fromEntries(new URLSearchParams(search)),
  };
}

/** @example writeLocation('/detectors/1', { from: 'now-1d', entity: undefined }) // '/detectors/1?from=now-1d' */
export function writeLocation(
  path: string,
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const known = Object.entries(query).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  return known.length === 0 ? path : `${path}?${new URLSearchParams(known).toString()}`;
}

/** The page that a path names; the server writes such paths into alerts (`/detectors/<id>`, `/results/<id>`, `/incidents/<id>`). */
export function placeOf(path: string): Place {
  const [area, first, second, ...rest] = path.split('/').filter(Boolean).map(decoded);
  if (rest.length > 0) return { page: 'unknown' };
  if (area === undefined) return { page: 'overview' };
  if ((area === 'scan' || area === 'calendar') && first === undefined) return { page: area };
  if (area === 'incidents' && first !== undefined && second === undefined) {
    return { page: 'incident', id: first };
  }
  if (area === 'results' && first !== undefined && second === undefined) return { page: 'result', id: first };
  if (area !== 'detectors' || first === undefined) return { page: 'unknown' };
  if (first === 'new') return second === undefined ? { page: 'create' } : { page: 'unknown' };
  if (second === 'edit') return { page: 'edit', id: first };
  const tab = DETECTOR_TABS.find((each) => each === (second ?? 'anomalies'));
  return tab ? { page: 'detector', id: first, tab } : { page: 'unknown' };
}

export const detectorPath = (id: string, page: DetectorTab | 'edit' = 'anomalies'): string =>
  `/detectors/${encodeURIComponent(id)}/${page}`;

/** Path of the calendar of changes. */
export const CALENDAR_PATH = '/calendar';

export const incidentPath = (id: string): string => `/incidents/${encodeURIComponent(id)}`;

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
