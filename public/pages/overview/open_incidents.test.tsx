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
import { incidentsAsked, OpenIncidents } from './open_incidents';

function shown(count: number, total: number): string {
  const found = { total, incidents: Array.from({ length: count }) } as never;
  return renderToStaticMarkup(<OpenIncidents named={{ areOpen: true, found }} />);
}

it('says how many of all incidents stand there, with a link to the rest and back', () => {
  expect(shown(3, 10)).toContain('3 of 10, the most severe first. [Show all](/?incidents=all)');
  expect(shown(10, 10)).toContain('10 of 10, the most severe first. [Show fewer](/)');
  expect(shown(100, 1_200)).toContain('100 of 1,200');
  expect(shown(3, 3)).not.toContain('Show');
});

it('asks for as many as the address says', () => {
  expect(incidentsAsked({})).toBe(3);
  expect(incidentsAsked({ incidents: 'all' })).toBe(100);
  expect(incidentsAsked({ incidents: 'x' })).toBe(3);
});
