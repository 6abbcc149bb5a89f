/** Reasons in the history of incidents, as they are stored; pages say them in the language of the reader. */
export const STEP_REASONS = {
  quiet: 'Nothing came for the quiet time',
  back: 'Results of it count again',
  back_and_quiet: 'Results of it count again. Nothing came for the quiet time',
  no_results: 'None of its results counts any more: they were hidden, judged normal or withdrawn',
  went_on: 'It went on after it was closed',
} as const;
export type StepReason = keyof typeof STEP_REASONS;

const PART = ' is a part of it';
const GOES_ON = ' and goes on';

/** Returns the reason why an incident took another one in. @param goesOn true where it was over and the other one was not */
export const partReason = (title: string, goesOn: boolean): string =>
  `"${title}"${PART}${goesOn ? GOES_ON : ''}`;

/** Reads what {@link partReason} wrote. */
export function readPartReason(reason: string): { title: string; goesOn: boolean } | undefined {
  const goesOn = reason.endsWith(GOES_ON);
  const part = goesOn ? reason.slice(0, -GOES_ON.length) : reason;
  if (!part.startsWith('"') || !part.endsWith(`"${PART}`)) return undefined;
  return { title: part.slice(1, -PART.length - 1), goesOn };
}
