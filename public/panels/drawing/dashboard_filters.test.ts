import { filterEvent, incidentFilters } from './dashboard_filters';

const filtersOf = (...choices: Parameters<typeof filterEvent>[0][]): object[] =>
  choices.flatMap((choice) => (filterEvent(choice, 'view').data as { filters: object[] }).filters);

it('takes entity and detector from the filters that clicks make', () => {
  const filters = filtersOf(
    { value: { field: 'anomaly.entity', is: 'shop' } },
    { value: { field: 'detector.id', is: 'd1' } },
  );
  expect(incidentFilters(filters)).toEqual({ entity: 'shop', detectorId: 'd1', hasOthers: false });
  expect(incidentFilters()).toEqual({ hasOthers: false });
});

it('tells of filters that do not choose among incidents, and passes over those that are off', () => {
  const [of] = filtersOf({ value: { field: 'anomaly.entity', is: 'shop' } }) as { meta: object }[];
  expect(incidentFilters([{ ...of, meta: { ...of.meta, negate: true } }])).toEqual({ hasOthers: true });
  expect(incidentFilters([{ ...of, meta: { ...of.meta, disabled: true } }])).toEqual({ hasOthers: false });
  expect(incidentFilters(filtersOf({ value: { field: 'host.name', is: 'web-1' } }))).toEqual({
    hasOthers: true,
  });
});
