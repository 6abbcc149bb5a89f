import { z } from 'zod';

/** Code and values of a sentence, so that a page can translate it; a reader that does not know the code shows the sentence. */
export const codedSentenceSchema = z
  .object({
    code: z.string().describe('Code of the sentence'),
    values: z.record(z.string(), z.union([z.string(), z.number()])).describe('Values in the sentence'),
  })
  .describe('The same for programs and other languages');
export type CodedSentence = z.infer<typeof codedSentenceSchema>;
