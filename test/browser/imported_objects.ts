import type { IncomingHttpHeaders } from 'node:http';

interface SavedObjectLine {
  readonly id: string;
  readonly type: string;
  readonly attributes: { readonly title: string };
}

/** Kibana's import of saved objects, in memory: what is there already is a conflict unless it is to be replaced. */
export class ImportedObjects {
  private readonly objects = new Map<string, SavedObjectLine>();

  public async take(
    url: URL,
    body: Buffer,
    headers: IncomingHttpHeaders,
  ): Promise<{ status: number; body: object }> {
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': headers['content-type'] ?? '' },
    }).formData();
    const text = await (form.get('file') as Blob).text();
    const given = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as SavedObjectLine);
    const overwrite = url.searchParams.get('overwrite') === 'true';
    const isThere = ({ type, id }: SavedObjectLine): boolean => this.objects.has(`${type}/${id}`);
    const conflicts = overwrite ? [] : given.filter(isThere);
    const taken = given.filter((object) => !conflicts.includes(object));
    const successResults = taken.map((object) => ({
      type: object.type,
      id: object.id,
      meta: { title: object.attributes.title },
      ...(isThere(object) && { overwrite: true }),
    }));
    for (const object of taken) this.objects.set(`${object.type}/${object.id}`, object);
    return {
      status: 200,
      body: {
        success: conflicts.length === 0,
        successCount: taken.length,
        successResults,
        ...(conflicts.length > 0 && {
          errors: conflicts.map(({ type, id, attributes }) => ({
            type,
            id,
            title: attributes.title,
            meta: { title: attributes.title },
            error: { type: 'conflict' },
          })),
        }),
      },
    };
  }
}
