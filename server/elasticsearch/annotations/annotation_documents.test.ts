import { annotationIdSchema } from '../../../common/annotations';
import { importedId } from './annotation_documents';

test('the id of an annotation is that of its document, whatever a rollover or a snapshot makes of its index', () => {
  const id = importedId('deployments', '4711');
  for (const index of [
    'deployments-000001',
    '.ds-deployments-2026.11.01-000012',
    'partial-.ds-deployments-2026.11.01-000012',
    'restored-deployments-000003',
    'shrink-a1b2-deployments-000003',
  ])
    expect([index, importedId(index, '4711')]).toEqual([index, id]);
  const others = [
    'deployments-2026.11.01',
    'berlin:deployments',
    'munich:deployments-000001',
    'deployments-1',
  ];
  expect(
    new Set([id, importedId('deployments', '4712'), ...others.map((index) => importedId(index, '4711'))])
      .size,
  ).toBe(6);
  expect(importedId('berlin:deployments-000002', '1')).toBe(
    importedId('berlin:.ds-deployments-2026.11.01-000001', '1'),
  );
  expect(annotationIdSchema.safeParse(id).success).toBe(true);
});
