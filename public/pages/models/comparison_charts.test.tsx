const mockSeries: { id: string; name?: string }[] = [];
const mockMarks: { id: string }[] = [];
jest.mock('@elastic/charts', () => ({
  AreaSeries: (props: (typeof mockSeries)[number]) => (mockSeries.push(props), null),
  LineAnnotation: (props: (typeof mockMarks)[number]) => (mockMarks.push(props), null),
  Axis: () => null,
  Chart: ({ children }: { children: unknown }) => children,
  Settings: () => null,
  AnnotationDomainType: {},
  CurveType: {},
  Position: {},
  ScaleType: {},
}));
jest.mock('@elastic/eui', () => ({
  EuiTitle: ({ children }: { children: unknown }) => children,
  useEuiTheme: () => ({ euiTheme: { colors: {} } }),
}));
jest.mock('@kbn/i18n', () => ({ i18n: { translate: (id: string) => id, getLocale: () => 'en' } }), {
  virtual: true,
});
jest.mock('../../shared/charts/chart_theme', () => ({ useChartTheme: () => ({}) }));
jest.mock('../../shared/charts/chart_name', () => ({ useChartName: () => ({ id: 'name', element: null }) }));

import React from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { ScoreDistribution } from './comparison_charts';

it('draws a curve and a threshold for each of two models, also where both have one time as it is shown', () => {
  const sideOf = (version: string) => ({ record: { version, threshold: 0.6 }, score_shares: [1] });
  const comparison = { score_edges: [0, 1], left: sideOf('v1'), right: sideOf('v2') } as never;
  renderToStaticMarkup(
    <ScoreDistribution comparison={comparison} leftName="29 Nov 2026" rightName="29 Nov 2026" />,
  );
  expect(mockSeries.map(({ id, name }) => [id, name])).toEqual([
    ['v1', '29 Nov 2026'],
    ['v2', '29 Nov 2026'],
  ]);
  expect(new Set(mockMarks.map(({ id }) => id)).size).toBe(2);
});
