/** Title of a page with buttons beside it: these go into a second row before words of the title are broken. */
export const LEAST_TITLE = { display: 'inline-block', minWidth: 'min(20rem, 40vw)' };
