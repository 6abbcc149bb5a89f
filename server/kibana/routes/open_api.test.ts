import { ENDPOINTS } from '../../../common/api';
import { createOpenApiDocument } from './open_api';

interface Operation {
  operationId: string;
  requestBody?: { required: boolean; content: Record<string, { schema: { properties?: object } }> };
  parameters: { name: string; in: string; required: boolean; schema: object }[];
}
const { paths, openapi } = createOpenApiDocument() as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.values(paths).flatMap((methods) => Object.values(methods));

describe('the OpenAPI document', () => {
  it('holds every operation once, and can be written as JSON', () => {
    expect(openapi).toBe('3.1.0');
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(ENDPOINTS).sort());
    expect(JSON.parse(JSON.stringify(paths))).toEqual(paths);
  });

  it('takes what it says of requests from the schemas that check them', () => {
    const create = operations.find(({ operationId }) => operationId === 'createDetector')!;
    expect(create.requestBody!.required).toBe(true);
    expect(Object.keys(create.requestBody!.content['application/json'].schema.properties!)).toEqual([
      'detector',
      'start',
      'score_past',
    ]);
    const search = operations.find(({ operationId }) => operationId === 'searchResults')!;
    expect(search.parameters.find(({ name }) => name === 'size')).toEqual({
      name: 'size',
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 0, maximum: 1000, default: 50 },
    });
    expect(search.parameters.some(({ in: place }) => place === 'header')).toBe(false);
    const promote = operations.find(({ operationId }) => operationId === 'promoteModel')!;
    expect(promote.requestBody!.required).toBe(false);
    expect(promote.parameters.map(({ name }) => name)).toEqual(['id', 'version', 'kbn-xsrf']);
  });
});
