import { z } from 'zod';

/** What a sentence for people was made of, so that a page can say it in another language; whoever does not know the code shows the sentence. */
export const saidSchema = z
  .object({
    code: z.string().describe('Which sentence it is'),
    values: z.record(z.string(), z.union([z.string(), z.number()])).describe('What stands in it'),
  })
  .describe('The same for programs and other languages');
export type Said = z.infer<typeof saidSchema>;
