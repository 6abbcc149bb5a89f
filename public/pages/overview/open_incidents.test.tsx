jest.mock('@elastic/eui', () => {
  const Children = ({ children }: { children?: unknown }) => children ?? null;
  return { EuiPanel: Children, EuiSpacer: () => null, EuiText: Children, EuiTitle: Children };
});
jest.mock(
  '@kbn/i18n',
  () => ({
    i18n: {
      translate: (_id: string, given: { defaultMessage: string; values?: Record<string, string> }) =>
        given.defaultMessage.replace(/\{(\w+)\}/g, (_all, name: string) => String(given.values?.[name])),
      getLocale: () => 'en',
    },
  }),
  { virtual: true },
);
jest.mock('../../shared/incidents/incidents_table', () => ({ IncidentsTable: () => null }));
jest.mock('../../shared/app/app_link', () => ({
  AppLink: ({ to, children }: { to: string; children: string }) => `[${children}](${to})`,
}));

import React from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { incidentsAsked, namedIncidents, OpenIncidents } from './open_incidents';

function shown(count: number, total: number, page = 1): string {
  const found = { total, incidents: Array.from({ length: count }) } as never;
  return renderToStaticMarkup(<OpenIncidents named={{ areOpen: true, page, found }} />);
}

it('says how many of all incidents stand there, with a link to the rest and back', () => {
  expect(shown(3, 10)).toContain('3 of 10, the most severe first. [Show all](/?incidents=all)');
  expect(shown(10, 10)).toContain('10 of 10, the most severe first. [Show fewer](/)');
  expect(shown(3, 1_200)).toContain('3 of 1,200, the most severe first. [Show more](/?incidents=all)');
  expect(shown(100, 1_200)).toContain(
    '100 of 1,200, the most severe first. [Show more](/?incidents=2) [Show fewer](/)',
  );
  expect(shown(100, 1_200, 2)).toContain(
    '101 to 200 of 1,200, the most severe first. [Show more](/?incidents=3) [Show fewer](/)',
  );
  expect(shown(50, 250, 3)).toContain('201 to 250 of 250, the most severe first. [Show fewer](/)');
  // Some have closed since.
  expect(shown(0, 150, 3)).toContain('0 of 150, the most severe first. [Show fewer](/)');
  expect(shown(3, 3)).not.toContain('Show');
});

it('asks for as many as the address says', () => {
  expect(incidentsAsked({})).toEqual({ size: 3, page: 1 });
  expect(incidentsAsked({ incidents: 'all' })).toEqual({ size: 100, page: 1 });
  expect(incidentsAsked({ incidents: '2' })).toEqual({ size: 100, page: 2 });
  expect(incidentsAsked({ incidents: '1e9' })).toEqual({ size: 100, page: 100 });
  expect(incidentsAsked({ incidents: '-1' })).toEqual({ size: 3, page: 1 });
  expect(incidentsAsked({ incidents: 'x' })).toEqual({ size: 3, page: 1 });
});

describe('incidents of a page', () => {
  /** Answers as the server does, with as many incidents as there are in all. */
  const load = async (counts: { open: number; last: number }, asked: string) => {
    const requests: { state?: string; page: number }[] = [];
    const api = async (
      _operation: string,
      { query }: { query: (typeof requests)[number] & { size: number } },
    ) => {
      requests.push({ state: query.state, page: query.page });
      const total = query.state === 'active' ? counts.open : counts.last;
      const length = Math.max(0, Math.min(query.size, total - (query.page - 1) * query.size));
      return { total, incidents: Array.from({ length }) };
    };
    const range = { from: 0, to: 1, ...incidentsAsked({ incidents: asked }) };
    const { areOpen, page, found } = await namedIncidents(api as never, range, new AbortController().signal);
    return { areOpen, page, shown: found.incidents.length, total: found.total, requests: requests.length };
  };

  it('are the first where those of a later page have closed since', async () => {
    const first = { page: 1, requests: 2 };
    expect(await load({ open: 2, last: 9 }, '2')).toEqual({ areOpen: true, shown: 2, total: 2, ...first });
    expect(await load({ open: 40, last: 50 }, '2')).toEqual({
      areOpen: true,
      shown: 40,
      total: 40,
      ...first,
    });
    expect(await load({ open: 0, last: 3 }, '2')).toEqual({
      areOpen: false,
      page: 1,
      shown: 3,
      total: 3,
      requests: 3,
    });
  });

  it('are those that are asked for while there are any, or where there are none at all', async () => {
    expect(await load({ open: 150, last: 0 }, '2')).toEqual({
      areOpen: true,
      page: 2,
      shown: 50,
      total: 150,
      requests: 1,
    });
    expect(await load({ open: 0, last: 0 }, '2')).toMatchObject({ areOpen: false, shown: 0, requests: 2 });
    expect(await load({ open: 5, last: 0 }, '')).toMatchObject({ page: 1, shown: 3, requests: 1 });
  });
});
